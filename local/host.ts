import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { startFunctionsHost } from "@obo-gateway/local-azure/functionsHost/functionsHost.ts";
import { formatLine } from "@obo-gateway/local-azure/functionsHost/log.ts";
import { z } from "zod";
import { bundleFunctions } from "../scripts/bundle.ts";
import { portOption, readOptions } from "./cli/options.ts";
import { runProgram, UsageError } from "./cli/program.ts";
import { stopOnSignal } from "./cli/stopOnSignal.ts";

const DEFAULT_PORT = 7071;
const SETTINGS_FILE = "local.settings.json";
const USAGE = `npm run host -- [options]

Runs the function app alone, with the settings of the environment and of local.settings.json ("Values"; the environment
goes first), as \`func start\` would.

  --port PORT   default: Host.LocalHttpPort of local.settings.json, else ${DEFAULT_PORT}; 0 takes any free one
  --json        print the address as one line of JSON`;

const localSettings = z.object({
  Values: z.record(z.string(), z.string({ error: "a text, as every app setting is" })).default({}),
  Host: z.object({ LocalHttpPort: z.int().optional() }).default({}),
});

await runProgram(async () => {
  const options = readOptions(
    {
      port: { type: "string" },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
    USAGE,
  );
  if (options.help) {
    process.stdout.write(`${USAGE}\n`);
    return;
  }
  const root = join(import.meta.dirname, "..");
  const { Values, Host } = readLocalSettings(join(root, SETTINGS_FILE));
  await bundleFunctions(root);
  const host = await startFunctionsHost({
    appDirectory: root,
    settings: Object.fromEntries(Object.entries(Values).filter(([name]) => process.env[name] === undefined)),
    port: options.port === undefined ? (Host.LocalHttpPort ?? DEFAULT_PORT) : portOption("port", options.port),
    log: (line) => process.stderr.write(`${formatLine(line)}\n`),
  });
  stopOnSignal(() => host.close());
  process.stdout.write(
    options.json
      ? `${JSON.stringify({ url: host.url })}\n`
      : `The function app listens at ${host.url}. Ctrl-C stops it.\n`,
  );
});

function readLocalSettings(file: string): z.infer<typeof localSettings> {
  if (!existsSync(file)) return localSettings.parse({});
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new UsageError(`${SETTINGS_FILE} is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  const parsed = localSettings.safeParse(json);
  if (!parsed.success) throw new UsageError(`${SETTINGS_FILE}: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}
