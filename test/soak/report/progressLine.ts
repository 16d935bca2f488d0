import type { Situation } from "../situation.ts";
import type { Tally } from "../tally.ts";

const MS_PER_SECOND = 1_000;

/** How it goes: calls, what callers got, what is wrong around them at this moment. */
export function progressLine(tally: Tally, situation: Situation, elapsedMs: number): string {
  const perSecond = Math.round((tally.calls * MS_PER_SECOND) / elapsedMs);
  const on = situation.on.length === 0 ? "" : ` | ${situation.on.join(", ")}`;
  const wrong = tally.wrong === 0 ? "" : `, ${tally.wrong} WRONG`;
  return `${Math.round(elapsedMs / MS_PER_SECOND)} s: ${tally.calls} calls (${perSecond}/s): ${outcomesText(tally)}${wrong}${on}`;
}

/** The most frequent first. */
export function outcomesText({ outcomes }: Tally): string {
  return [...outcomes]
    .sort(([, one], [, other]) => other - one)
    .map(([label, count]) => `${label} ${count}`)
    .join(", ");
}
