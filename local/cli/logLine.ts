import type { HostLogLine } from "../functionsHost/log.ts";

/** A log line as the terminal shows it. */
export function formatLine({ time, level, category, message }: HostLogLine): string {
  return `${new Date(time).toISOString()} ${level.padEnd(11)} ${category}: ${message}`;
}
