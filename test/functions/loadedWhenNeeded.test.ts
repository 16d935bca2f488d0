import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";

const ROOT = join(import.meta.dirname, "../..");

/** Puts a gateway together in a process of its own, and says which CommonJS modules that process has then. */
const SCRIPT = `
  import { createRequire } from "node:module";
  import { setTimeout } from "node:timers/promises";
  import { loadSettings } from "./shared/config/loadSettings.ts";
  import { jsonLog } from "./shared/telemetry/log.ts";
  import { createApp } from "./functions/app.ts";
  const settings = loadSettings(process.env, { longestCallMs: 290_000 });
  const log = jsonLog({ info() {}, warning: console.error, error: console.error });
  createApp(settings, { environment: process.env, log, now: Date.now });
  await setTimeout(1);
  const files = Object.keys(createRequire(import.meta.url).cache);
  console.log(JSON.stringify(files.map((file) => file.replaceAll("\\\\", "/").replace(/.*node_modules[/]/, ""))));
`;

async function loaded(settings: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", SCRIPT], {
    cwd: ROOT,
    env: {
      PATH: process.env.PATH,
      AzureAd__TenantId: "0a1b2c3d-1111-4111-8111-00000000000a",
      AzureAd__ClientId: "0a1b2c3d-3333-4333-8333-00000000000c",
      AzureAd__ClientCredentials__0__SourceType: "ClientSecret",
      AzureAd__ClientCredentials__0__ClientSecret: "s",
      DownstreamApis__any__BaseUrl: "https://any.example",
      DownstreamApis__any__Scopes: "any",
      ...settings,
    },
  });
  return JSON.parse(stdout);
}

function packagesOf(modules: readonly string[]): readonly string[] {
  return [...new Set(modules.map((name) => /^(@[^/]+[/])?[^/]+/.exec(name)?.[0] ?? name))].sort();
}

describe("a gateway that is put together", () => {
  it("loads of CommonJS packages undici's dispatchers alone, neither MSAL nor Azure's SDK nor Redis's client, and keeps no process alive", async () => {
    const modules = await loaded({});
    expect(packagesOf(modules)).toEqual(["undici"]);
    expect(modules).toContain("undici/lib/dispatcher/pool.js");
    expect(modules).not.toContain("undici/index.js");
    expect(modules.filter((name) => name.startsWith("undici/lib/web/"))).toEqual([]);
  });

  it("with Redis loads its client, and still keeps no process alive", async () => {
    const modules = await loaded({
      TokenCache__Redis__Url: "redis://127.0.0.1:1",
      TokenCache__EncryptionKeys__0__Id: "k",
      TokenCache__EncryptionKeys__0__Value: Buffer.alloc(32, 7).toString("base64"),
    });
    // What signs in with Entra ID is not needed for a URL.
    expect(packagesOf(modules).filter((name) => name.includes("redis"))).toEqual(["@redis/client"]);
  });
});
