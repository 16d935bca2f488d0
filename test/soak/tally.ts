/** What was wrong, with all that is needed to find out why. */
export interface Finding {
  readonly atMs: number;
  readonly kind: string;
  readonly what: string;
  /** Faults that were on at the time, or shortly before. */
  readonly during: readonly string[];
  /** What the downstream API saw of it. */
  readonly seen: readonly string[];
  readonly log: readonly string[];
}

const KEPT_FINDINGS = 50;

/** Counts what callers got. */
export class Tally {
  calls = 0;
  bytes = 0;
  wrong = 0;
  readonly outcomes = new Map<string, number>();
  readonly kinds = new Map<string, number>();
  readonly findings: Finding[] = [];

  count(kind: string, label: string, bytes: number): void {
    this.calls++;
    this.bytes += bytes;
    this.kinds.set(kind, (this.kinds.get(kind) ?? 0) + 1);
    this.outcomes.set(label, (this.outcomes.get(label) ?? 0) + 1);
  }

  find(finding: Finding): void {
    this.wrong++;
    if (this.findings.length < KEPT_FINDINGS) this.findings.push(finding);
  }
}
