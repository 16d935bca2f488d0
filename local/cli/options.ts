import type { ParseArgsConfig } from "node:util";
import { parseArgs } from "node:util";
import { UsageError } from "./program.ts";

const LAST_PORT = 65_535;

type OptionTable = NonNullable<ParseArgsConfig["options"]>;

/**
 * The command's options.
 * @throws UsageError naming what is wrong, with the usage text.
 */
export function readOptions<const T extends OptionTable>(options: T, usage: string) {
  try {
    return parseArgs({ options, strict: true, allowPositionals: false }).values;
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
  }
}

/** @throws UsageError for what is no port number. */
export function portOption(name: string, value: string): number {
  const port = /^\d{1,5}$/.test(value) ? Number(value) : Number.NaN;
  if (port <= LAST_PORT) return port;
  throw new UsageError(
    `--${name} takes a port number from 0 (any free one) to ${LAST_PORT}, not ${JSON.stringify(value)}.`,
  );
}
