import type { CoreFailure, CoreProperty } from "../core/coreProperty.ts";
import { caseSeed } from "./caseSeed.ts";

export interface CoreRunResult {
  readonly tried: Readonly<Record<string, number>>;
  readonly seconds: number;
  readonly failures: readonly (CoreFailure & { readonly property: string })[];
}

const SLICE = 500;
const WHOLE_SHARE = 100;

/** Runs all properties in turn, a slice of each at a time, so that a run cut short by the clock has tried all of them. */
export async function runCoreCases(
  properties: readonly CoreProperty[],
  { seed, cases, untilMs }: { readonly seed: number; readonly cases: number; readonly untilMs: number },
): Promise<CoreRunResult> {
  const startedMs = performance.now();
  const tried: Record<string, number> = {};
  const failures: (CoreFailure & { readonly property: string })[] = [];
  const over = new Set<CoreProperty>();
  const left = ({ name, share }: CoreProperty): number => Math.ceil((cases * share) / WHOLE_SHARE) - (tried[name] ?? 0);
  for (let slice = 0; over.size < properties.length && performance.now() < untilMs; slice++) {
    for (const [index, property] of properties.entries()) {
      const now = Math.min(SLICE, left(property));
      if (now <= 0) over.add(property);
      if (over.has(property)) continue;
      const failure = await property.run({ seed: caseSeed(seed, slice * properties.length + index), cases: now });
      tried[property.name] = (tried[property.name] ?? 0) + now;
      if (failure === undefined) continue;
      failures.push({ ...failure, property: property.name });
      over.add(property);
    }
  }
  return { tried, seconds: (performance.now() - startedMs) / 1000, failures };
}
