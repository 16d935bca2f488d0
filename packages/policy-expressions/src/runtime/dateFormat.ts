import { DAY_NAMES, MONTH_NAMES, TICKS_PER_SECOND } from "./calendar.ts";
import { raise } from "./exception.ts";

/** The parts of a DateTime that formatting needs. */
interface Clock {
  readonly ticks: bigint;
  readonly kind: "Unspecified" | "Utc" | "Local";
  readonly date: { readonly year: number; readonly month: number; readonly day: number };
  readonly timeOfDay: bigint;
  readonly dayOfWeek: number;
}

/** The offset of a DateTimeOffset. */
interface Offset {
  readonly utcClock: Clock;
  readonly offsetMinutes: number;
}

const STANDARD: Record<string, string> = {
  d: "MM/dd/yyyy",
  D: "dddd, dd MMMM yyyy",
  f: "dddd, dd MMMM yyyy HH:mm",
  F: "dddd, dd MMMM yyyy HH:mm:ss",
  g: "MM/dd/yyyy HH:mm",
  G: "MM/dd/yyyy HH:mm:ss",
  m: "MMMM dd",
  M: "MMMM dd",
  o: "yyyy'-'MM'-'dd'T'HH':'mm':'ss'.'fffffffK",
  O: "yyyy'-'MM'-'dd'T'HH':'mm':'ss'.'fffffffK",
  r: "ddd, dd MMM yyyy HH':'mm':'ss 'GMT'",
  R: "ddd, dd MMM yyyy HH':'mm':'ss 'GMT'",
  s: "yyyy'-'MM'-'dd'T'HH':'mm':'ss",
  t: "HH:mm",
  T: "HH:mm:ss",
  u: "yyyy'-'MM'-'dd HH':'mm':'ss'Z'",
  U: "dddd, dd MMMM yyyy HH:mm:ss",
  y: "yyyy MMMM",
  Y: "yyyy MMMM",
};

const PIECE = /\\([\s\S])|'([^']*)'|"([^"]*)"|%(?!$)|(d+|f+|F+|g+|h+|H+|K|m+|M+|s+|t+|y+|z+)|([\s\S])/g;

/** Formats a date, invariant culture. With an offset it is the clock of a DateTimeOffset. */
export function formatDate(clock: Clock, format: string, offset?: Offset): string {
  if (format.length === 1) {
    const pattern = STANDARD[format];
    if (pattern === undefined || (format === "U" && offset !== undefined))
      raise("FormatException", "Input string was not in a correct format.");
    const universal = offset !== undefined && "rRu".includes(format);
    return custom(
      universal ? offset.utcClock : clock,
      pattern ?? "",
      universal ? { utcClock: offset.utcClock, offsetMinutes: 0 } : offset,
    );
  }
  return custom(clock, format, offset);
}

function custom(clock: Clock, format: string, offset: Offset | undefined): string {
  let result = "";
  for (const match of format.matchAll(PIECE)) {
    const [whole, escaped, single, double, specifier, literal] = match;
    if (specifier === undefined) {
      if (literal === "'" || literal === '"' || literal === "\\" || literal === "%")
        raise("FormatException", "Input string was not in a correct format.");
      result += escaped ?? single ?? double ?? literal ?? (whole === "%" ? "" : whole);
      continue;
    }
    const text = part(clock, specifier, offset);
    // `.FFF` without digits drops the point as well.
    result = text === "" && specifier.startsWith("F") && result.endsWith(".") ? result.slice(0, -1) : result + text;
  }
  return result;
}

function part(clock: Clock, specifier: string, offset: Offset | undefined): string {
  const { year, month, day } = clock.date;
  const count = specifier.length;
  const seconds = Number(clock.timeOfDay / TICKS_PER_SECOND);
  const two = (value: number): string => (count === 1 ? String(value) : String(value).padStart(2, "0"));
  const hour = Math.floor(seconds / 3600);
  switch (specifier.charAt(0)) {
    case "d":
      if (count <= 2) return two(day);
      return count === 3 ? (DAY_NAMES[clock.dayOfWeek] ?? "").slice(0, 3) : (DAY_NAMES[clock.dayOfWeek] ?? "");
    case "M":
      if (count <= 2) return two(month);
      return count === 3 ? (MONTH_NAMES[month - 1] ?? "").slice(0, 3) : (MONTH_NAMES[month - 1] ?? "");
    case "y":
      if (count <= 2) return two(year % 100);
      return String(year).padStart(count, "0");
    case "H":
      return two(hour);
    case "h":
      return two(hour % 12 === 0 ? 12 : hour % 12);
    case "m":
      return two(Math.floor(seconds / 60) % 60);
    case "s":
      return two(seconds % 60);
    case "t":
      return (hour < 12 ? "AM" : "PM").slice(0, count === 1 ? 1 : 2);
    case "g":
      return "A.D.";
    case "f":
    case "F":
      return fraction(clock, specifier);
    case "K":
      if (offset !== undefined) return offsetText(offset.offsetMinutes, 3);
      return clock.kind === "Utc" ? "Z" : clock.kind === "Local" ? "+00:00" : "";
    default:
      return offsetText(offset?.offsetMinutes ?? 0, count);
  }
}

function fraction(clock: Clock, specifier: string): string {
  if (specifier.length > 7) raise("FormatException", "Input string was not in a correct format.");
  const digits = (clock.timeOfDay % TICKS_PER_SECOND).toString().padStart(7, "0").slice(0, specifier.length);
  return specifier.startsWith("F") ? digits.replace(/0+$/, "") : digits;
}

function offsetText(minutes: number, count: number): string {
  const size = Math.abs(minutes);
  const hours = Math.floor(size / 60).toString();
  const sign = minutes < 0 ? "-" : "+";
  if (count === 1) return sign + hours;
  return sign + hours.padStart(2, "0") + (count > 2 ? `:${(size % 60).toString().padStart(2, "0")}` : "");
}
