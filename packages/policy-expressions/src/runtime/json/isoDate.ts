import {
  dayOfDate,
  TICKS_PER_DAY,
  TICKS_PER_HOUR,
  TICKS_PER_MILLISECOND,
  TICKS_PER_MINUTE,
  TICKS_PER_SECOND,
  UNIX_EPOCH_TICKS,
} from "../calendar.ts";
import { DateTime, type Kind } from "../time.ts";

const ISO = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,7})\d*)?(Z|[+-]\d\d:?\d\d|[+-]\d\d)?$/;
const MICROSOFT = /^\/Date\((-?\d+)([+-]\d{4})?\)\/$/;

/** A string that Newtonsoft's default settings read as a date: the full ISO form, or /Date(ms)/. */
export function readJsonDate(text: string): DateTime | undefined {
  const match = ISO.exec(text);
  if (match === null) return readMicrosoft(text);
  const [, year, month, day, hour, minute, second, fraction = "", zone] = match;
  const days = dayOfDate({ year: Number(year), month: Number(month), day: Number(day) });
  if (days === undefined || Number(hour) > 24 || Number(minute) > 59 || Number(second) > 59) return undefined;
  if (hour === "24" && (minute !== "00" || second !== "00" || Number(fraction) > 0)) return undefined;
  const clock =
    BigInt(days) * TICKS_PER_DAY +
    BigInt(Number(hour)) * TICKS_PER_HOUR +
    BigInt(Number(minute)) * TICKS_PER_MINUTE +
    BigInt(Number(second)) * TICKS_PER_SECOND +
    BigInt(fraction.padEnd(7, "0"));
  const kind: Kind = zone === undefined ? "Unspecified" : zone === "Z" ? "Utc" : "Local";
  return new DateTime(clock - BigInt(offsetMinutes(zone)) * TICKS_PER_MINUTE, kind);
}

function offsetMinutes(zone: string | undefined): number {
  if (zone === undefined || zone === "Z") return 0;
  const digits = zone.slice(1).replace(":", "").padEnd(4, "0");
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2));
  return zone.startsWith("-") ? -minutes : minutes;
}

function readMicrosoft(text: string): DateTime | undefined {
  const match = MICROSOFT.exec(text);
  if (match === null) return undefined;
  const ticks = UNIX_EPOCH_TICKS + BigInt(match[1] ?? "0") * TICKS_PER_MILLISECOND;
  return new DateTime(ticks, match[2] === undefined ? "Utc" : "Local");
}
