import fc from "fast-check";

/** A part of the gateway's core by itself: what goes in at random, and what must hold of what comes out. */
export interface CoreProperty {
  readonly name: string;
  /** How many of a hundred cases it gets. */
  readonly share: number;
  /** Runs so many cases, or the one at a path; stops at the first failure and shrinks it. */
  run(options: CoreRunOptions): Promise<CoreFailure | undefined>;
}

export interface CoreRunOptions {
  readonly seed: number;
  readonly cases: number;
  readonly path?: string;
}

export interface CoreFailure {
  readonly seed: number;
  /** Where in the seed's cases the smallest failing one is. */
  readonly path: string;
  readonly input: string;
  readonly error: string;
}

const LONGEST_SHOWN = 1_000;

/** @param check throws for what must not be */
export function coreProperty<T>(
  name: string,
  share: number,
  inputs: fc.Arbitrary<T>,
  check: (input: T) => void | Promise<void>,
): CoreProperty {
  return {
    name,
    share,
    async run({ seed, cases, path }) {
      const property = fc.asyncProperty(inputs, async (input) => await check(input));
      const details = await fc.check(property, { seed, numRuns: cases, ...(path === undefined ? {} : { path }) });
      if (!details.failed) return undefined;
      return {
        seed,
        path: details.counterexamplePath ?? "",
        input: fc.stringify(details.counterexample).slice(0, LONGEST_SHOWN),
        error: details.errorInstance instanceof Error ? details.errorInstance.message : String(details.errorInstance),
      };
    },
  };
}
