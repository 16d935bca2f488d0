import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { describe, expect, it } from "vitest";
import { CLIENT_ID, INFRA } from "./support/deployments.ts";

const names = process.platform === "win32" ? ["bicep.exe"] : ["bicep"];
const onPath = (process.env.PATH ?? "").split(delimiter).flatMap((folder) => names.map((name) => join(folder, name)));
const bicep = process.env.BICEP_PATH ?? onPath.find((file) => existsSync(file));
if (bicep === undefined)
  process.stderr.write("No Bicep compiler on PATH or in BICEP_PATH: its own checks are skipped.\n");

describe.skipIf(bicep === undefined)("the Bicep compiler", () => {
  it.each([
    ["build", ["main.bicep", "--stdout"]],
    ["lint", ["main.bicep"]],
    ["build-params", ["main.bicepparam", "--stdout"]],
  ])("%s has nothing to say", (command, args) => {
    const environment = { ...process.env, OBO_CLIENT_ID: CLIENT_ID, OBO_PUBLISHER_EMAIL: "operator@example.com" };
    const { status, stderr } = spawnSync(bicep ?? "", [command, ...args], {
      cwd: INFRA,
      env: environment,
      encoding: "utf8",
    });
    expect(stderr).not.toMatch(/\b(Error|Warning)\b/);
    expect(status).toBe(0);
  });
});
