import { unsupported } from "../errors.ts";
import { type MemberTable, type TypeDefinition, withCall } from "../model/definition.ts";
import { namedType } from "../model/type.ts";
import { comparison } from "../runtime/arithmetic.ts";
import {
  DAY_NAMES,
  daysInMonth,
  isLeapYear,
  TICKS_PER_DAY,
  TICKS_PER_HOUR,
  TICKS_PER_MILLISECOND,
  TICKS_PER_MINUTE,
  TICKS_PER_SECOND,
} from "../runtime/calendar.ts";
import { badDate, readDate } from "../runtime/dateParse.ts";
import { toDateTime } from "../runtime/dateValue.ts";
import { notNull, raise } from "../runtime/exception.ts";
import type { Float } from "../runtime/number.ts";
import { type EnumNames, EnumValue } from "../runtime/objects.ts";
import { DateTime, type Kind, TimeSpan } from "../runtime/time.ts";

const names = (name: string, values: readonly string[]): EnumNames => ({
  type: namedType(`System.${name}`),
  values: Object.fromEntries(values.map((value, i) => [value, i])),
  flags: false,
});
export const DAY_OF_WEEK = names("DayOfWeek", DAY_NAMES);
const KINDS: readonly Kind[] = ["Unspecified", "Utc", "Local"];

export interface Parts {
  readonly ticks: bigint;
  readonly date: { readonly year: number; readonly month: number; readonly day: number };
  readonly timeOfDay: bigint;
  readonly dayOfWeek: number;
}

/** Members that DateTime and DateTimeOffset share, read off the clock. */
export function clockMembers<T>(clock: (self: T) => Parts): MemberTable {
  const part = (unit: bigint, modulo: bigint) => (self: T) => Number((clock(self).timeOfDay / unit) % modulo);
  return {
    "int Year": (self: T) => clock(self).date.year,
    "int Month": (self: T) => clock(self).date.month,
    "int Day": (self: T) => clock(self).date.day,
    "int Hour": part(TICKS_PER_HOUR, 24n),
    "int Minute": part(TICKS_PER_MINUTE, 60n),
    "int Second": part(TICKS_PER_SECOND, 60n),
    "int Millisecond": part(TICKS_PER_MILLISECOND, 1000n),
    "long Ticks": (self: T) => clock(self).ticks,
    "TimeSpan TimeOfDay": (self: T) => new TimeSpan(clock(self).timeOfDay),
    "DayOfWeek DayOfWeek": (self: T) => new EnumValue(DAY_OF_WEEK, clock(self).dayOfWeek),
    "int DayOfYear": (self: T) => {
      const { ticks, date } = clock(self);
      return Number((ticks - DateTime.ticksOf({ year: date.year, month: 1, day: 1 })) / TICKS_PER_DAY) + 1;
    },
  };
}

/** Ticks of a double of units, as DateTime.AddDays and the like compute them: whole units and their fraction apart. */
export function unitTicks(value: Float, unit: bigint): bigint {
  const number = value.value;
  if (!Number.isFinite(number) || Math.abs(number) > Number.MAX_SAFE_INTEGER)
    return raise("ArgumentOutOfRangeException");
  const whole = Math.trunc(number);
  return BigInt(whole) * unit + BigInt(Math.trunc((number - whole) * Number(unit)));
}

function timeTicks(hour: number, minute: number, second: number, millisecond = 0): bigint {
  if (
    hour < 0 ||
    hour > 23 ||
    minute < 0 ||
    minute > 59 ||
    second < 0 ||
    second > 59 ||
    millisecond < 0 ||
    millisecond > 999
  ) {
    return raise(
      "ArgumentOutOfRangeException",
      "Hour, Minute, and Second parameters describe an un-representable DateTime.",
    );
  }
  return (
    BigInt(hour) * TICKS_PER_HOUR +
    BigInt(minute) * TICKS_PER_MINUTE +
    BigInt(second) * TICKS_PER_SECOND +
    BigInt(millisecond) * TICKS_PER_MILLISECOND
  );
}

function make(
  year: number,
  month: number,
  day: number,
  hour = 0,
  minute = 0,
  second = 0,
  last?: number | EnumValue,
  kind?: EnumValue,
): DateTime {
  const millisecond = typeof last === "number" ? last : 0;
  const given = last instanceof EnumValue ? last : kind;
  return new DateTime(
    DateTime.ticksOf({ year, month, day }) + timeTicks(hour, minute, second, millisecond),
    KINDS[given?.value ?? 0] ?? "Unspecified",
  );
}

const relational = ["==", "!=", "<", ">", "<=", ">="];

/** Comparison operators of a type whose values order themselves. */
export function comparisons(name: string, order: (a: never, b: never) => number): MemberTable {
  return Object.fromEntries(
    relational.map((operator) => [
      `static bool operator ${operator}(${name} a, ${name} b)`,
      (a: never, b: never) => comparison(operator, order(a, b)),
    ]),
  );
}

const order = (a: DateTime, b: DateTime): number => a.compareTo(b) ?? 0;
const clockNow = (now: number, kind: Kind): DateTime => DateTime.fromMilliseconds(now, kind);

function parse(text: string | null, now: number): DateTime {
  const read = readDate(notNull(text, "s")) ?? badDate(text ?? "");
  return toDateTime(read, clockNow(now, "Local").ticks) ?? unsupported("this date");
}

const members: MemberTable = {
  ...clockMembers<DateTime>((self) => self),
  ...comparisons("DateTime", order),
  "new(int year, int month, int day)": make,
  "new(int year, int month, int day, int hour, int minute, int second)": make,
  "new(int year, int month, int day, int hour, int minute, int second, int millisecond)": make,
  "new(int year, int month, int day, int hour, int minute, int second, DateTimeKind kind)": make,
  "new(int year, int month, int day, int hour, int minute, int second, int millisecond, DateTimeKind kind)": make,
  "new(long ticks)": (ticks: bigint) => DateTime.MINIMUM.plus(ticks),
  "new(long ticks, DateTimeKind kind)": (ticks: bigint, kind: EnumValue) =>
    new DateTime(DateTime.MINIMUM.plus(ticks).ticks, KINDS[kind.value] ?? "Unspecified"),
  "static DateTime UtcNow": withCall(
    ({ run }) =>
      () =>
        clockNow(run.now(), "Utc"),
  ),
  "static DateTime Now": withCall(
    ({ run }) =>
      () =>
        clockNow(run.now(), "Local"),
  ),
  "static DateTime Today": withCall(({ run }) => () => {
    const now = clockNow(run.now(), "Local");
    return new DateTime(now.ticks - now.timeOfDay, "Local");
  }),
  "static DateTime MinValue": () => DateTime.MINIMUM,
  "static DateTime MaxValue": () => DateTime.MAXIMUM,
  "static DateTime Parse(string s)": withCall(
    ({ run }) =>
      (text: string | null) =>
        parse(text, run.now()),
  ),
  "static DateTime Parse(string s, IFormatProvider provider)": withCall(
    ({ run }) =>
      (text: string | null) =>
        parse(text, run.now()),
  ),
  "static int DaysInMonth(int year, int month)": (year: number, month: number) =>
    month < 1 || month > 12 || year < 1 || year > 9999
      ? raise("ArgumentOutOfRangeException")
      : daysInMonth(year, month),
  "static bool IsLeapYear(int year)": (year: number) =>
    year < 1 || year > 9999 ? raise("ArgumentOutOfRangeException") : isLeapYear(year),
  "DateTime Date": (self: DateTime) => new DateTime(self.ticks - self.timeOfDay, self.kind),
  "bool IsDaylightSavingTime()": (_self: DateTime) => false,
  "DateTime Add(TimeSpan value)": (self: DateTime, span: TimeSpan) => self.plus(span.ticks),
  "DateTime AddDays(double value)": (self: DateTime, value: Float) => self.plus(unitTicks(value, TICKS_PER_DAY)),
  "DateTime AddHours(double value)": (self: DateTime, value: Float) => self.plus(unitTicks(value, TICKS_PER_HOUR)),
  "DateTime AddMinutes(double value)": (self: DateTime, value: Float) => self.plus(unitTicks(value, TICKS_PER_MINUTE)),
  "DateTime AddSeconds(double value)": (self: DateTime, value: Float) => self.plus(unitTicks(value, TICKS_PER_SECOND)),
  "DateTime AddMilliseconds(double value)": (self: DateTime, value: Float) =>
    self.plus(unitTicks(value, TICKS_PER_MILLISECOND)),
  "DateTime AddTicks(long value)": (self: DateTime, ticks: bigint) => self.plus(ticks),
  "DateTime AddMonths(int months)": (self: DateTime, months: number) => self.plusMonths(months),
  "DateTime AddYears(int value)": (self: DateTime, years: number) =>
    Math.abs(years) > 10_000 ? raise("ArgumentOutOfRangeException") : self.plusMonths(years * 12),
  "TimeSpan Subtract(DateTime value)": (self: DateTime, other: DateTime) => new TimeSpan(self.ticks - other.ticks),
  "DateTime Subtract(TimeSpan value)": (self: DateTime, span: TimeSpan) => self.plus(-span.ticks),
  "static DateTime operator +(DateTime d, TimeSpan t)": (self: DateTime, span: TimeSpan) => self.plus(span.ticks),
  "static DateTime operator -(DateTime d, TimeSpan t)": (self: DateTime, span: TimeSpan) => self.plus(-span.ticks),
  "static TimeSpan operator -(DateTime d1, DateTime d2)": (a: DateTime, b: DateTime) => new TimeSpan(a.ticks - b.ticks),
  "string ToString()": (self: DateTime) => self.toText(),
  "string ToString(string format)": (self: DateTime, format: string | null) => self.format(format),
  "string ToString(IFormatProvider provider)": (self: DateTime) => self.toText(),
  "string ToString(string format, IFormatProvider provider)": (self: DateTime, format: string | null) =>
    self.format(format),
};

export const dateTimeTypes: readonly TypeDefinition[] = [
  { namespace: "System", name: "DateTime", kind: "struct", interfaces: ["IComparable", "IFormattable"], members },
  { namespace: "System", name: "DateTimeKind", kind: "enum", values: { Utc: 1 } },
  { namespace: "System", name: "DayOfWeek", kind: "enum", values: DAY_OF_WEEK.values, unlisted: true },
];
