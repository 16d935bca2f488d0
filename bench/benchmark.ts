import type { Chart } from "./report/barChart.ts";

/** One thing measured. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
}

/** Two figures of one run, side by side: on a busy machine only their ratio means anything. */
export interface Ratio {
  readonly name: string;
  readonly value: number;
  /** What was set out for; without one it is told for comparison. */
  readonly target?: Target;
}

export type Target = { readonly atMost: number } | { readonly atLeast: number };

export interface Findings {
  readonly figures: readonly Figure[];
  readonly ratios: readonly Ratio[];
  /** What could not be measured here, and why. */
  readonly notes: readonly string[];
  readonly chart: Chart;
}

export interface BenchmarkOptions {
  /** Ends within 45 s, with fewer repetitions and smaller numbers. */
  readonly quick: boolean;
  /** Progress, a line at a time. */
  readonly say: (line: string) => void;
}

export type Benchmark = (options: BenchmarkOptions) => Promise<Findings>;

export function meets({ value, target }: Ratio): boolean | undefined {
  if (target === undefined) return undefined;
  return "atMost" in target ? value <= target.atMost : value >= target.atLeast;
}
