import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { FunctionsHostStartError } from "./startError.ts";
import { DEFAULT_FUNCTION_TIMEOUT_MS } from "./timeouts.ts";

const TIME_SPAN = /^(?:(\d+)\.)?(\d{1,2}):(\d{2}):(\d{2})$/;
const LEVELS = ["trace", "debug", "information", "warning", "error", "critical", "none"];

const schema = z.looseObject({
  version: z.literal("2.0"),
  functionTimeout: z
    .string()
    .refine((text) => text === "-1" || TIME_SPAN.test(text), "must be hh:mm:ss, d.hh:mm:ss or -1")
    .optional(),
  extensions: z
    .looseObject({
      http: z.looseObject({ routePrefix: z.string().optional() }).optional(),
    })
    .optional(),
  logging: z
    .looseObject({
      logLevel: z
        .record(
          z.string(),
          z.string().refine((level) => LEVELS.includes(level.toLowerCase()), "is not a log level"),
        )
        .optional(),
    })
    .optional(),
});

export interface HostJson {
  /** Milliseconds; Infinity for "-1". */
  readonly functionTimeoutMs: number;
  /** Without slashes at its ends; may be empty. */
  readonly routePrefix: string;
  readonly logLevels: Readonly<Record<string, string>>;
}

/** As any setting of that form, it goes before host.json. */
const FUNCTION_TIMEOUT = "AzureFunctionsJobHost__functionTimeout";

/**
 * Reads what this host heeds of host.json; settings of features it does not have are left alone, as the real one does.
 * @param settings app settings, one of which can take the place of `functionTimeout`
 * @throws FunctionsHostStartError when the file is absent, not JSON, or a setting is malformed.
 */
export async function readHostJson(
  appDirectory: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<HostJson> {
  const file = join(appDirectory, "host.json");
  let json: unknown;
  try {
    json = JSON.parse(await readFile(file, "utf8"));
  } catch (cause) {
    throw new FunctionsHostStartError(`${file} cannot be read as JSON.`, { cause });
  }
  const parsed = schema.safeParse(json);
  if (!parsed.success) throw new FunctionsHostStartError(`${file}: ${z.prettifyError(parsed.error)}`);
  const override = schema.shape.functionTimeout.safeParse(settings[FUNCTION_TIMEOUT]);
  if (!override.success) throw new FunctionsHostStartError(`${FUNCTION_TIMEOUT}: ${z.prettifyError(override.error)}`);
  return {
    functionTimeoutMs: timeSpanMs(override.data ?? parsed.data.functionTimeout),
    routePrefix: (parsed.data.extensions?.http?.routePrefix ?? "api").replace(/^\/+|\/+$/g, ""),
    logLevels: parsed.data.logging?.logLevel ?? {},
  };
}

function timeSpanMs(text: string | undefined): number {
  if (text === undefined) return DEFAULT_FUNCTION_TIMEOUT_MS;
  if (text === "-1") return Number.POSITIVE_INFINITY;
  const [, days = "0", hours = "0", minutes = "0", seconds = "0"] = TIME_SPAN.exec(text) ?? [];
  return (((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
}
