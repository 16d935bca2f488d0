import { TICKS_PER_DAY, TICKS_PER_HOUR, TICKS_PER_MINUTE, TICKS_PER_SECOND } from "./calendar.ts";
import { TimeSpan } from "./time.ts";

// With a colon after the days all of hours, minutes and seconds must follow.
const FORM =
  /^\s*(-)?(?:(\d{1,8})|(?:(\d{1,8})(?:\.|:(?=\d+:\d+:)))?(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d{1,7}))?)?)\s*$/;

/** Whether a refused text has the form of a time span with a part that is too large: then .NET throws OverflowException. */
export function spanOverflows(text: string): boolean {
  return FORM.test(text) && readSpan(text) === undefined;
}

/** TimeSpan.Parse under the invariant culture: [-][d.]hh:mm[:ss[.fffffff]], or days alone; undefined when refused. */
export function readSpan(text: string): TimeSpan | undefined {
  const match = FORM.exec(text);
  if (match === null) return undefined;
  const [, sign, onlyDays, days, hours, minutes, seconds, fraction = ""] = match;
  const [h, m, s] = [Number(hours ?? 0), Number(minutes ?? 0), Number(seconds ?? 0)];
  if (h > 23 || m > 59 || s > 59) return undefined;
  const ticks =
    BigInt(onlyDays ?? days ?? 0) * TICKS_PER_DAY +
    BigInt(h) * TICKS_PER_HOUR +
    BigInt(m) * TICKS_PER_MINUTE +
    BigInt(s) * TICKS_PER_SECOND +
    BigInt(fraction.padEnd(7, "0"));
  return new TimeSpan(sign === "-" ? -ticks : ticks);
}
