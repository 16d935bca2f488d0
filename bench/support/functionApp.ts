import type { FunctionsHost } from "@obo-gateway/local-azure/functionsHost/functionsHost.ts";
import { startFunctionsHost } from "@obo-gateway/local-azure/functionsHost/functionsHost.ts";
import { formatLine } from "@obo-gateway/local-azure/functionsHost/log.ts";
import type { Front } from "../../local/appSettings.ts";
import { appSettings } from "../../local/appSettings.ts";
import type { LocalAzure } from "../../local/azure.ts";

export interface FunctionAppOptions {
  readonly appDirectory: string;
  readonly azure: LocalAzure;
  readonly front?: Front;
  /** Laid over the local app settings. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** A function app in the local host. What it says of warnings and errors is shown: a benchmark must not hide one. */
export function startFunctionApp(options: FunctionAppOptions): Promise<FunctionsHost> {
  const { appDirectory, azure, front = "direct", settings } = options;
  return startFunctionsHost({
    appDirectory,
    settings: { ...appSettings(azure, "secret", front), ...settings },
    log: (line) => {
      if (/^(warning|error|critical)$/.test(line.level)) process.stderr.write(`${formatLine(line)}\n`);
    },
  });
}
