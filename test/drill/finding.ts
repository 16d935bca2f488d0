import { table } from "../../local/cli/table.ts";

/** What a phase of the drill showed. */
export interface Finding {
  readonly phase: string;
  readonly calls: number;
  readonly failed: number;
  /** On-behalf-of requests that reached Entra ID, whatever it answered. */
  readonly attempts: number;
  /** The credential that calls used before and after, one for each instance. */
  readonly before: readonly string[];
  readonly after: readonly string[];
  /** Numbers worth telling. */
  readonly notes: readonly string[];
  /** What was promised and did not hold; empty: all did. */
  readonly broken: readonly string[];
}

export function findingsTable(findings: readonly Finding[]): string {
  const header = ["", "phase", "calls", "failed", "attempts", "in use before", "in use after", ""];
  const rows = findings.map(({ phase, calls, failed, attempts, before, after, notes, broken }) => [
    broken.length === 0 ? "ok" : "FAIL",
    phase,
    String(calls),
    String(failed),
    String(attempts),
    before.join(", "),
    after.join(", "),
    [...broken.map((each) => `BROKEN: ${each}`), ...notes].join("; "),
  ]);
  return table([header, ...rows]);
}
