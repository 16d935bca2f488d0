import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { type FunctionsHost, startFunctionsHost } from "../../../src/functionsHost/functionsHost.ts";
import type { HostLogLine } from "../../../src/functionsHost/log.ts";
import type { HostLimits } from "../../../src/functionsHost/timeouts.ts";

const PROJECT = join(dirname(fileURLToPath(import.meta.url)), "../../../../..");

export interface FixtureOptions {
  /** TypeScript; `app` of the real @azure/functions is imported, and streaming is on. */
  readonly source: string;
  readonly hostJson?: object;
  readonly settings?: Readonly<Record<string, string>>;
  readonly limits?: Partial<HostLimits>;
  readonly functionTimeoutMs?: number;
  readonly functionKeys?: FunctionsHost["keys"];
}

export interface Fixture extends AsyncDisposable {
  readonly host: FunctionsHost;
  readonly lines: readonly HostLogLine[];
}

const SETUP = `import { app } from "@azure/functions";\napp.setup({ enableHttpStream: true });\n`;

/** Writes an app directory around a bundle of the source, as the project's own build makes one. */
export async function writeApp(source: string, hostJson: object = { version: "2.0" }): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "functions-host-"));
  await writeFile(join(directory, "host.json"), JSON.stringify(hostJson));
  await writeFile(join(directory, "package.json"), JSON.stringify({ main: "app.cjs" }));
  await bundle(source, join(directory, "app.cjs"));
  return directory;
}

/** One CommonJS file with the real library in it; the worker supplies the core module. */
export async function bundle(source: string, outfile: string): Promise<void> {
  await build({
    stdin: { contents: source, resolveDir: PROJECT, loader: "ts" },
    outfile,
    bundle: true,
    platform: "node",
    format: "cjs",
    external: ["@azure/functions-core"],
    logLevel: "error",
  });
}

/** Starts a host around a fixture app; disposing it stops the host and removes the app. */
export async function startFixture(options: FixtureOptions): Promise<Fixture> {
  const directory = await writeApp(SETUP + options.source, options.hostJson);
  const lines: HostLogLine[] = [];
  const { source: _source, hostJson: _hostJson, settings = {}, ...rest } = options;
  try {
    const host = await startFunctionsHost({
      appDirectory: directory,
      settings,
      log: (line) => lines.push(line),
      ...rest,
    });
    return {
      host,
      lines,
      [Symbol.asyncDispose]: async () => {
        await host.close();
        await rm(directory, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await rm(directory, { recursive: true, force: true });
    throw error;
  }
}
