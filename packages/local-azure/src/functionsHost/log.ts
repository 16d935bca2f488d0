export type LogLevel = "trace" | "debug" | "information" | "warning" | "error" | "critical";

export interface HostLogLine {
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly level: LogLevel;
  /** As the real host names it: `Function.<name>.User`, `Host.Function.Console`, `Host.Startup`, ... */
  readonly category: string;
  readonly functionName?: string;
  readonly invocationId?: string;
  readonly message: string;
}

export type HostLog = (line: Omit<HostLogLine, "time">) => void;

const ORDER: readonly string[] = ["trace", "debug", "information", "warning", "error", "critical", "none"];
const DEFAULT_LEVEL = "information";

/**
 * Stamps lines with the time and drops those below the level that host.json sets for their category. As in the real
 * host the longest category that is a prefix wins, then `default`, then Information.
 */
export function createHostLog(
  write: (line: HostLogLine) => void,
  logLevels: Readonly<Record<string, string>>,
  now: () => number,
): HostLog {
  const rules = Object.entries(logLevels)
    .filter(([category]) => category !== "default")
    .sort(([a], [b]) => b.length - a.length);
  const fallback = logLevels.default ?? DEFAULT_LEVEL;
  const thresholds = new Map<string, number>();

  const threshold = (category: string): number => {
    const known = thresholds.get(category);
    if (known !== undefined) return known;
    const rule = rules.find(([prefix]) => category === prefix || category.startsWith(`${prefix}.`));
    const level = ORDER.indexOf((rule?.[1] ?? fallback).toLowerCase());
    thresholds.set(category, level);
    return level;
  };

  return (line) => {
    if (ORDER.indexOf(line.level) >= threshold(line.category)) write({ time: now(), ...line });
  };
}

/** One line for a terminal; continuation lines are indented. */
export function formatLine({ time, level, category, message }: HostLogLine): string {
  return `[${new Date(time).toISOString()}] ${level} ${category}: ${message.replaceAll("\n", "\n    ")}`;
}
