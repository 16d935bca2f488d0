import fc from "fast-check";
import type { SocketCase } from "../generate/socketCase.ts";
import { socketCases } from "../generate/socketCase.ts";
import type { Breach } from "../oracle/rules.ts";
import { attempt } from "../world/attempt.ts";
import type { Target } from "../world/target.ts";
import { caseSeed } from "./caseSeed.ts";

const SHRINK_WITHIN_MS = 5_000;
/** Shrunk cases have numbers of their own: none of the run's. */
const FIRST_NUMBER = 1_000_000_000;

/** The smallest case found that breaks a rule as this one does, within a few seconds. */
export async function smallestCase(
  target: Target,
  seed: number,
  number: number,
  { rule }: Breach,
): Promise<SocketCase | undefined> {
  let next = FIRST_NUMBER;
  let smallest: SocketCase | undefined;
  const property = fc.asyncProperty(socketCases, async (socketCase) => {
    const { breaches } = await attempt(socketCase, next++, target);
    if (!breaches.some((breach) => breach.rule === rule)) return;
    smallest = socketCase;
    throw new Error(rule);
  });
  await fc.check(property, { seed: caseSeed(seed, number), numRuns: 1, interruptAfterTimeLimit: SHRINK_WITHIN_MS });
  return smallest;
}
