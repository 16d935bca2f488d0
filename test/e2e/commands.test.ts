import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { listen } from "@obo-gateway/local-azure/net/listen.ts";
import { Agent, request } from "undici";
import { afterEach, describe, expect, it } from "vitest";
import type { Running } from "../../local/running.ts";

const root = join(import.meta.dirname, "../..");
const ANY_PORT = ["--gateway-port", "0", "--functions-port", "0", "--entra-port", "0", "--key-vault-port", "0"];
const ANY_API_PORT = ["--profile-port", "0", "--ledger-port", "0", "--managed-identity-port", "0"];
const started: ChildProcess[] = [];

function run(program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): ChildProcess {
  const child = spawn(process.execPath, [join(root, program), ...args], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...env },
  });
  started.push(child);
  return child;
}

async function firstLine(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error("no stdout");
  for await (const line of createInterface({ input: child.stdout })) return line;
  throw new Error("the command ended without a line on stdout");
}

async function startAll(...args: string[]): Promise<{ child: ChildProcess; running: Running }> {
  const child = run("local/start.ts", ["--json", "--quiet", ...ANY_PORT, ...ANY_API_PORT, ...args]);
  return { child, running: JSON.parse(await firstLine(child)) as Running };
}

async function tokenOf(running: Running, user: string): Promise<string> {
  const dispatcher = new Agent({ connect: { ca: readFileSync(running.caFile, "utf8") } });
  const { body } = await request(running.tokenA.url.replace("{user}", user), { dispatcher });
  return body.text();
}

afterEach(async () => {
  for (const child of started.splice(0)) {
    if (child.exitCode === null && child.signalCode === null && child.kill("SIGTERM")) await once(child, "exit");
  }
});

describe("npm start", () => {
  it("prints one line of JSON with which a script can call the chain, and leaves nothing behind", async () => {
    const { child, running } = await startAll();
    const { statusCode, body } = await request(`${running.api}/downstream/profile/me`, {
      headers: { authorization: `Bearer ${await tokenOf(running, "alice")}` },
    });
    expect(statusCode).toBe(200);
    expect(await body.json()).toMatchObject({ name: "Alice", oid: running.users[0]?.objectId });

    child.kill("SIGINT");
    const [code] = await once(child, "exit");
    expect(code).toBe(0);
    expect(existsSync(dirname(running.caFile))).toBe(false);
    await expect(request(running.addresses.functions)).rejects.toThrow("ECONNREFUSED");
  });

  it("shows a curl line that works when pasted", async () => {
    const child = run("local/start.ts", ["--quiet", ...ANY_PORT, ...ANY_API_PORT]);
    if (child.stdout === null) throw new Error("no stdout");
    let line = "";
    for await (const shown of createInterface({ input: child.stdout })) {
      if (shown.trimStart().startsWith("curl -i")) line = shown;
      if (line !== "") break;
    }
    const { stdout } = await promisify(execFile)("sh", ["-c", line]);
    expect(stdout).toMatch(/^HTTP\/1.1 200/);
    expect(stdout).toContain('"name":"Alice"');
  });

  it("names the taken port, and who wanted it", async () => {
    const squatter = createServer();
    const port = await listen(squatter, "a test", 0);
    const child = run("local/start.ts", [
      ...ANY_PORT,
      "--profile-port",
      String(port),
      "--ledger-port",
      "0",
      "--managed-identity-port",
      "0",
    ]);
    const [[code], stderr] = await Promise.all([once(child, "exit"), text(child)]);
    squatter.close();
    expect(code).toBe(1);
    expect(stderr).toContain(`Port ${port}, wanted by the downstream API, is taken`);
  });

  it.each([
    [["--entra-port", "99999"], "--entra-port takes a port number"],
    [["--credential", "hope"], "--credential is one of secret, vault-secret, pfx, pem"],
    [["--nonsense"], "Unknown option '--nonsense'"],
  ])("explains a wrong command line: %j", async (args, message) => {
    const child = run("local/start.ts", args);
    const [[code], stderr] = await Promise.all([once(child, "exit"), text(child)]);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });
});

describe("npm run host", () => {
  it("runs the app alone against any Entra ID and Key Vault that settings name", async () => {
    const { running } = await startAll("--azure-only", "--direct");
    const file = join(root, "local.settings.json");
    const { Values } = JSON.parse(readFileSync(file, "utf8")) as { Values: Record<string, string> };
    // Node reads this one when the process starts: it belongs to the environment, not to the file.
    const child = run("local/host.ts", ["--json", "--port", "0"], {
      NODE_EXTRA_CA_CERTS: Values.NODE_EXTRA_CA_CERTS,
    });
    const { url } = JSON.parse(await firstLine(child)) as { url: string };
    const authorization = `Bearer ${await tokenOf(running, "bob")}`;
    const { statusCode, body } = await request(`${url}/api/downstream/ledger/me`, { headers: { authorization } });
    expect([statusCode, await body.json()]).toMatchObject([200, { name: "Bob" }]);
  });

  it("says which file is wrong, and how", async () => {
    const child = run("local/host.ts", ["--port", "none"]);
    const [[code], stderr] = await Promise.all([once(child, "exit"), text(child)]);
    expect([code, stderr]).toEqual([2, expect.stringContaining("--port takes a port number")]);
  });
});

describe("npm run demo", () => {
  it("shows every hop, no whole token, and ends well", async () => {
    const child = run("local/demo.ts", []);
    const chunks: Buffer[] = [];
    child.stdout?.on("data", (chunk: Buffer) => chunks.push(chunk));
    const [code] = await once(child, "exit");
    const shown = Buffer.concat(chunks).toString();
    expect(code).toBe(0);
    expect(shown).toContain("Every hop did what it should.");
    expect(shown).toContain("on-behalf-of exchange, proven by certificate");
    expect(shown).toContain("AADSTS50076");
    expect(shown).not.toMatch(/eyJ[\w-]{20}/);
  });
});

async function text(child: ChildProcess): Promise<string> {
  const chunks: Buffer[] = [];
  child.stderr?.on("data", (chunk: Buffer) => chunks.push(chunk));
  await once(child, "close");
  return Buffer.concat(chunks).toString();
}
