import hostJson from "../host.json" with { type: "json" };
import { InvalidSettingsError } from "../shared/config/settingTree.ts";

/** Overrides host.json, as any setting of that form does. */
const SETTING = "AzureFunctionsJobHost__functionTimeout";
/** The host ends the whole worker, with every call in it, when one call takes longer: ours stop well before by themselves. */
const MARGIN_MS = 10_000;
/** Node takes a longer delay for one of a millisecond. */
const LONGEST_TIMER_MS = 2_147_483_647;
const TIMESPAN = /^(?:(\d+)\.)?(\d{1,2}):(\d{2}):(\d{2})$/;

/**
 * How long one call may take at the most, in milliseconds: what host.json's `functionTimeout`, or the app setting that
 * overrides it, leaves.
 * @throws InvalidSettingsError for a value that is no time span, or too short to do anything in.
 */
export function longestCallMs(environment: Readonly<Record<string, string | undefined>>): number {
  const value = environment[SETTING] ?? hostJson.functionTimeout;
  const [, days = "0", hours = "0", minutes = "0", seconds = "0"] = TIMESPAN.exec(value) ?? [];
  const totalMs = (((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
  if (totalMs > MARGIN_MS) return Math.min(totalMs - MARGIN_MS, LONGEST_TIMER_MS);
  const expected = `a time span hh:mm:ss of more than ${MARGIN_MS / 1000} s`;
  throw new InvalidSettingsError([{ setting: SETTING, found: JSON.stringify(value), expected }]);
}
