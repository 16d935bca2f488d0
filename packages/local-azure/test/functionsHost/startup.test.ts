import { once } from "node:events";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { type FunctionsHost, startFunctionsHost } from "../../src/functionsHost/functionsHost.ts";
import type { HostLogLine } from "../../src/functionsHost/log.ts";
import { FunctionsHostStartError } from "../../src/functionsHost/startError.ts";
import { bundle, writeApp } from "./support/fixtureApp.ts";

const HELLO = `
  import { app } from "@azure/functions";
  app.setup({ enableHttpStream: true });
  app.http("hello", { handler: async () => ({ body: "hello" }) });`;

describe("starting an app", () => {
  const cleanUp: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const step of cleanUp.splice(0).reverse()) await step();
  });

  const directoryOf = async (source: string): Promise<string> => {
    const directory = await writeApp(source);
    cleanUp.push(() => rm(directory, { recursive: true }));
    return directory;
  };
  const start = async (appDirectory: string, settings = {}): Promise<{ host: FunctionsHost; lines: HostLogLine[] }> => {
    const lines: HostLogLine[] = [];
    const host = await startFunctionsHost({ appDirectory, settings, log: (line) => lines.push(line), now: () => 7 });
    cleanUp.push(() => host.close());
    return { host, lines };
  };
  const hello = async (host: FunctionsHost): Promise<string> => (await fetch(`${host.url}/api/hello`)).text();

  it("that throws while it loads has no functions at all: every request is 404", async () => {
    const { host, lines } = await start(await directoryOf(`${HELLO}\nthrow new Error("no configuration");`));
    expect(host.functions).toEqual([]);
    expect((await fetch(`${host.url}/api/hello`)).status).toBe(404);
    expect(lines).toContainEqual(
      expect.objectContaining({ time: 7, level: "error", message: expect.stringContaining("no configuration") }),
    );
    expect(lines).toContainEqual(expect.objectContaining({ level: "warning", message: "No job functions found." }));
  });

  it("whose start hook throws has none either", async () => {
    const { host } = await start(
      await directoryOf(`${HELLO}\napp.hook.appStart(() => { throw new Error("start hook"); });`),
    );
    expect(host.functions).toEqual([]);
  });

  it("without HTTP streaming is refused", async () => {
    const source = HELLO.replace("enableHttpStream: true", "enableHttpStream: false");
    await expect(start(await directoryOf(source))).rejects.toThrow(/enableHttpStream: true/);
  });

  it("with another trigger, an unsupported route or a bad host.json is refused by name", async () => {
    const timer = `${HELLO}\napp.timer("tick", { schedule: "0 * * * * *", handler: () => undefined });`;
    await expect(start(await directoryOf(timer))).rejects.toThrow(/"tick".*timerTrigger/);
    const route = HELLO.replace("{ handler", '{ route: "{a}.{b}", handler');
    await expect(start(await directoryOf(route))).rejects.toThrow(/"hello".*\{a\}\.\{b\}/);
    const directory = await directoryOf(HELLO);
    await writeFile(join(directory, "host.json"), "{}");
    await expect(start(directory)).rejects.toThrow(FunctionsHostStartError);
  });

  it("that ends its process while it loads is refused", async () => {
    await expect(start(await directoryOf("process.exit(4);"))).rejects.toThrow(/exit code 4/);
  });

  it("on a port that is taken is refused, and leaves no worker behind", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    cleanUp.push(async () => other.close());
    const address = other.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const appDirectory = await directoryOf(HELLO);
    await expect(startFunctionsHost({ appDirectory, settings: {}, port, log: () => undefined })).rejects.toThrow(
      `Port ${port}`,
    );
  });

  it("loads every file that a glob in `main` names", async () => {
    const directory = await directoryOf(HELLO);
    await mkdir(join(directory, "src"));
    // Apart from the first the files share its library, as those of an unbundled app share node_modules.
    await writeFile(
      join(directory, "src/two.js"),
      `require("@azure/functions-core").registerHook("appStart", () => console.log("second file"));`,
    );
    await bundle(HELLO, join(directory, "src/one.js"));
    await writeFile(join(directory, "package.json"), JSON.stringify({ main: "./src/*.js" }));
    const { host, lines } = await start(directory);
    expect(await hello(host)).toBe("hello");
    await expect.poll(() => lines.map(({ message }) => message)).toContain("second file");
  });

  it("loads a module through import: by its extension, or by the type of the package", async () => {
    const library = `${HELLO}\nmodule.exports.loaded = true;`;
    for (const [main, type] of [
      ["entry.mjs", "commonjs"],
      ["entry.js", "module"],
    ]) {
      const directory = await directoryOf(library);
      await writeFile(join(directory, `${main}`), `import "./app.cjs";\nawait Promise.resolve();`);
      await writeFile(join(directory, "package.json"), JSON.stringify({ main, type }));
      expect(await hello((await start(directory)).host)).toBe("hello");
    }
  });

  it("supplies the core module to require alone, as the real worker does", async () => {
    const directory = await directoryOf(HELLO);
    await writeFile(join(directory, "entry.mjs"), 'import "@azure/functions-core";');
    await writeFile(join(directory, "package.json"), JSON.stringify({ main: "entry.mjs" }));
    const { lines } = await start(directory);
    expect(lines.map(({ message }) => message).join()).toContain("@azure/functions-core");
  });

  it("without `main`, or with one that names nothing, has no functions", async () => {
    const directory = await directoryOf(HELLO);
    for (const packageJson of [{}, { main: "dist/*.js" }]) {
      await writeFile(join(directory, "package.json"), JSON.stringify(packageJson));
      expect((await start(directory)).host.functions).toEqual([]);
    }
  });

  it("gives it its settings as environment, over that of this process, and its own directory", async () => {
    const source = `${HELLO}
      app.http("env", { handler: async () => ({ jsonBody: [process.env.SETTING, process.env.HOME, process.cwd(),
        process.execArgv] }) });`;
    const directory = await directoryOf(source);
    const { host } = await start(directory, {
      SETTING: "x",
      HOME: "/nowhere",
      languageWorkers__node__arguments: " --max-http-header-size=65536  --no-warnings ",
    });
    expect(await (await fetch(`${host.url}/api/env`)).json()).toEqual([
      "x",
      "/nowhere",
      directory,
      ["--max-http-header-size=65536", "--no-warnings"],
    ]);
  });

  it("answers GET / with 204 where the landing page is turned off", async () => {
    const { host } = await start(await directoryOf(HELLO), { AzureWebJobsDisableHomepage: "true" });
    expect((await fetch(host.url)).status).toBe(204);
  });
});
