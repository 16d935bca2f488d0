import { spawn } from "node:child_process";
import { once } from "node:events";
import { rm } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { startFixture, writeApp } from "./support/fixtureApp.ts";

const HELLO = `
  import { app } from "@azure/functions";
  app.setup({ enableHttpStream: true });
  app.http("hello", { handler: async () => ({ body: "hello" }) });`;

describe("a running app", () => {
  it("has its log lines and console output relayed", async () => {
    await using fixture = await startFixture({
      source: `app.http("talk", { handler: async (_, context) => {
        context.trace("t"); context.debug("d"); context.info("i"); context.warn("w"); context.error("e", { a: 1 });
        console.log("to stdout"); console.warn("a warning"); console.error("an error");
        return {};
      } });`,
      hostJson: { version: "2.0", logging: { logLevel: { default: "Trace" } } },
    });
    await fetch(`${fixture.host.url}/api/talk`);
    await expect.poll(() => fixture.lines.map(({ message }) => message)).toContain("an error");
    const of = (category: string) =>
      fixture.lines.filter((line) => line.category === category).map(({ level, message }) => `${level} ${message}`);
    expect(of("Function.talk.User")).toEqual(["trace t", "debug d", "information i", "warning w", "error e { a: 1 }"]);
    expect(of("Host.Function.Console").sort()).toEqual([
      "error an error",
      "information to stdout",
      "warning a warning",
    ]);
    const user = fixture.lines.find(({ category }) => category === "Function.talk.User");
    expect(user).toMatchObject({ functionName: "talk", invocationId: expect.stringMatching(/^[0-9a-f-]{36}$/) });
    expect(of("Function.talk")[0]).toContain("Executing 'Functions.talk'");
  });

  it("has its hooks run around every call, and at its start and end", async () => {
    const fixture = await startFixture({
      source: `
        app.hook.appStart((context) => console.log("started in " + context.functionAppDirectory));
        app.hook.appTerminate(() => console.log("terminated"));
        app.hook.log((context) => { context.message = context.message.replace("secret", "***"); });
        app.hook.preInvocation((context) => {
          context.hookData.by = "hook";
          const handler = context.functionHandler;
          context.functionHandler = (...inputs) => { context.invocationContext.log("a secret"); return handler(...inputs); };
        });
        app.hook.postInvocation((context) => {
          let kept = false;
          try { context.hookData = {}; } catch { kept = true; }
          context.result = { jsonBody: [context.result.body, context.hookData.by, kept] };
        });
        app.http("hooked", { handler: async () => ({ body: "inner" }) });`,
    });
    expect(await (await fetch(`${fixture.host.url}/api/hooked`)).json()).toEqual(["inner", "hook", true]);
    await fixture[Symbol.asyncDispose]();
    const messages = fixture.lines.map(({ message }) => message);
    expect(messages).toContain("a ***");
    expect(messages).toContain("terminated");
    expect(messages).toContainEqual(expect.stringMatching(/^started in /));
  });

  it("cannot register functions any more", async () => {
    await using fixture = await startFixture({
      source: `app.http("late", { handler: async () => {
        try { app.http("later", { handler: () => ({}) }); } catch (error) { return { body: error.message }; }
        return { body: "registered" };
      } });`,
    });
    expect(await (await fetch(`${fixture.host.url}/api/late`)).text()).toMatch(/only be registered during app startup/);
  });

  it("asks for keys where its functions do", async () => {
    const functionKeys = {
      master: "m",
      host: { default: "h" },
      functions: { keyed: { mine: "f" }, other: { its: "o" } },
    };
    await using fixture = await startFixture({
      source: `
        app.http("keyed", { authLevel: "function", handler: async () => ({ body: "x" }) });
        app.http("managed", { authLevel: "admin", handler: async () => ({ body: "x" }) });`,
      functionKeys,
    });
    expect(fixture.host.keys).toEqual(functionKeys);
    const status = async (name: string, key?: string, inQuery = false): Promise<number> => {
      const url = `${fixture.host.url}/api/${name}${inQuery ? `?code=${key}` : ""}`;
      return (await fetch(url, inQuery || key === undefined ? {} : { headers: { "x-functions-key": key } })).status;
    };
    for (const key of ["m", "h", "f"]) {
      expect([await status("keyed", key), await status("keyed", key, true)]).toEqual([200, 200]);
    }
    expect([await status("keyed"), await status("keyed", "o"), await status("keyed", "", true)]).toEqual([
      401, 401, 401,
    ]);
    expect([await status("managed", "m"), await status("managed", "h"), await status("managed")]).toEqual([
      200, 401, 401,
    ]);
  });

  it("leaves Ctrl-C to its host", async () => {
    await using fixture = await startFixture({ source: `app.http("ok", { handler: async () => ({ body: "ok" }) });` });
    process.kill(fixture.host.worker.pid, "SIGINT");
    expect(await (await fetch(`${fixture.host.url}/api/ok`)).text()).toBe("ok");
    expect(fixture.host.worker.restarts).toBe(0);
  });

  it("ends with its host, even when that is killed", async () => {
    const directory = await writeApp(HELLO);
    const hostModule = new URL("../../src/functionsHost/functionsHost.ts", import.meta.url).href;
    const script = `
      const { startFunctionsHost } = await import(${JSON.stringify(hostModule)});
      const host = await startFunctionsHost({ appDirectory: ${JSON.stringify(directory)}, settings: {}, log: () => undefined });
      console.log(host.worker.pid);`;
    const parent = spawn(process.execPath, ["--input-type=module", "-e", script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [output] = await once(parent.stdout, "data");
    const pid = Number(String(output));
    parent.kill("SIGKILL");
    await expect.poll(() => isAlive(pid), { timeout: 5_000 }).toBe(false);
    await rm(directory, { recursive: true });
  });
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
