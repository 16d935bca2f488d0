import { unsupported } from "../errors.ts";
import {
  dayOfDate,
  MONTH_NAMES,
  TICKS_PER_DAY,
  TICKS_PER_HOUR,
  TICKS_PER_MINUTE,
  TICKS_PER_SECOND,
} from "./calendar.ts";
import { raise } from "./exception.ts";

/** A date as read: ticks of its clock, and its offset from UTC in minutes when the text gives one. */
export interface ReadDate {
  readonly ticks: bigint;
  readonly offsetMinutes: number | undefined;
  /** Only a time was given: it belongs to today. */
  readonly today: boolean;
}

const MONTH =
  "(?<name>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sep(?:tember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)";
const WEEKDAY =
  "(?:(?:sun(?:day)?|mon(?:day)?|tue(?:sday)?|wed(?:nesday)?|thu(?:rsday)?|fri(?:day)?|sat(?:urday)?),? +)?";
const TIME =
  "(?<hour>\\d{1,2})(?::(?<minute>\\d{1,2})(?::(?<second>\\d{1,2})(?:\\.(?<fraction>\\d+))?)?)? *(?<half>am|pm)?";
const ZONE = "(?: *(?<utc>z|gmt)| *(?<sign>[+-])(?<zoneHour>\\d{1,2}):?(?<zoneMinute>\\d{2})?)?";
const AFTER_DATE = `(?:(?:t| +)${TIME}${ZONE})?`;

const FORMS = [
  `(?<year>\\d{4})-(?<month>\\d{1,2})-(?<day>\\d{1,2})${AFTER_DATE}`,
  `(?<year>\\d{4})/(?<month>\\d{1,2})/(?<day>\\d{1,2})${AFTER_DATE}`,
  `(?<month>\\d{1,2})/(?<day>\\d{1,2})/(?<year>\\d{4}|\\d{2})${AFTER_DATE}`,
  `(?<month>\\d{1,2})-(?<day>\\d{1,2})-(?<year>\\d{4})${AFTER_DATE}`,
  `${WEEKDAY}(?<day>\\d{1,2})[ -]${MONTH}[ -](?<year>\\d{4}),?${AFTER_DATE}`,
  `${WEEKDAY}${MONTH} +(?<day>\\d{1,2}),? +(?<year>\\d{4}),?${AFTER_DATE}`,
  `(?<year>\\d{4})-(?<month>\\d{1,2})`,
  `${MONTH} +(?<year>\\d{4})`,
  `(?<onlyTime>)${TIME}${ZONE}`,
].map((form) => new RegExp(`^\\s*${form}\\s*$`, "i"));

const WORDS = /\p{L}+/gu;
const KNOWN_WORD = new RegExp(
  `^(?:${MONTH.replace("?<name>", "?:")}|sun|mon|tue|wed|thu|fri|sat|sunday|monday|tuesday|wednesday|thursday|friday|saturday|am|pm|a|p|t|z|gmt|utc)$`,
  "i",
);

/**
 * DateTime.Parse under the invariant culture, for the forms that occur: ISO 8601, RFC 1123, month first with slashes,
 * month names, and times. Undefined when .NET refuses the text; a form that is not known here is refused by name.
 */
export function readDate(text: string): ReadDate | undefined {
  for (const form of FORMS) {
    const groups = form.exec(text)?.groups;
    if (groups !== undefined) return fromGroups(groups);
  }
  const words = text.match(WORDS) ?? [];
  if (text.trim() === "" || /^\s*\d+\s*$/.test(text) || words.some((word) => !KNOWN_WORD.test(word))) return undefined;
  return unsupported(`the date form of '${text}'`);
}

function fromGroups(groups: Record<string, string | undefined>): ReadDate | undefined {
  const time = timeTicks(groups);
  if (time === undefined) return undefined;
  const offsetMinutes = zoneOffset(groups);
  if (offsetMinutes !== undefined && Math.abs(offsetMinutes) > 14 * 60) return undefined;
  if (groups.onlyTime !== undefined)
    return groups.minute === undefined && groups.half === undefined
      ? undefined
      : { ticks: time, offsetMinutes, today: true };
  const name = groups.name?.slice(0, 3).toLowerCase();
  const month =
    name === undefined
      ? Number(groups.month)
      : MONTH_NAMES.findIndex((full) => full.toLowerCase().startsWith(name)) + 1;
  const day = dayOfDate({ year: fullYear(groups.year ?? ""), month, day: Number(groups.day ?? 1) });
  if (day === undefined) return undefined;
  return { ticks: BigInt(day) * TICKS_PER_DAY + time, offsetMinutes, today: false };
}

// Two digits mean 1950 to 2049.
function fullYear(text: string): number {
  const year = Number(text);
  return text.length > 2 ? year : year + (year < 50 ? 2000 : 1900);
}

function timeTicks(groups: Record<string, string | undefined>): bigint | undefined {
  if (groups.hour === undefined) return 0n;
  if (groups.minute === undefined && groups.half === undefined) return undefined;
  let hour = Number(groups.hour);
  const minute = Number(groups.minute ?? 0);
  const second = Number(groups.second ?? 0);
  const half = groups.half?.toLowerCase();
  if (minute > 59 || second > 59 || hour > (half === undefined ? 24 : 12)) return undefined;
  if (half !== undefined) hour = (hour % 12) + (half === "pm" ? 12 : 0);
  if (hour === 24) return minute + second === 0 ? TICKS_PER_DAY : undefined;
  const fraction = groups.fraction ?? "";
  // .NET rounds what is finer than a tick.
  const ticks = fraction === "" ? 0n : BigInt(Math.round(Number(`0.${fraction}`) * 1e7));
  return BigInt(hour) * TICKS_PER_HOUR + BigInt(minute) * TICKS_PER_MINUTE + BigInt(second) * TICKS_PER_SECOND + ticks;
}

function zoneOffset(groups: Record<string, string | undefined>): number | undefined {
  if (groups.utc !== undefined) return 0;
  if (groups.sign === undefined) return undefined;
  const minutes = Number(groups.zoneHour) * 60 + Number(groups.zoneMinute ?? 0);
  return groups.sign === "-" ? -minutes : minutes;
}

export function badDate(text: string): never {
  const unknown = /^\p{L}+/u.exec(text)?.[0];
  if (unknown === undefined || KNOWN_WORD.test(unknown)) return raise("FormatException");
  return raise(
    "FormatException",
    `The string '${text}' was not recognized as a valid DateTime. There is an unknown word starting at index '0'.`,
  );
}
