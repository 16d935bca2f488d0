import { unsupported } from "../errors.ts";
import { type MemberTable, type TypeDefinition, withCall } from "../model/definition.ts";
import {
  TICKS_PER_DAY,
  TICKS_PER_HOUR,
  TICKS_PER_MILLISECOND,
  TICKS_PER_MINUTE,
  TICKS_PER_SECOND,
  UNIX_EPOCH_TICKS,
} from "../runtime/calendar.ts";
import { badDate, readDate } from "../runtime/dateParse.ts";
import { toDateTimeOffset } from "../runtime/dateValue.ts";
import { notNull, raise } from "../runtime/exception.ts";
import type { Float } from "../runtime/number.ts";
import type { OutCell } from "../runtime/objects.ts";
import { DateTime, DateTimeOffset, TimeSpan } from "../runtime/time.ts";
import { clockMembers, comparisons, unitTicks } from "./dateTime.ts";

const MAX_OFFSET_MINUTES = 14 * 60;

function offsetMinutes(span: TimeSpan): number {
  if (span.ticks % TICKS_PER_MINUTE !== 0n)
    raise("ArgumentException", "Offset must be specified in whole minutes. (Parameter 'offset')");
  const minutes = Number(span.ticks / TICKS_PER_MINUTE);
  return Math.abs(minutes) > MAX_OFFSET_MINUTES
    ? raise("ArgumentOutOfRangeException", "Offset must be within plus or minus 14 hours. (Parameter 'offset')")
    : minutes;
}

const at = (clock: bigint, minutes: number): DateTimeOffset =>
  new DateTimeOffset(clock - BigInt(minutes) * TICKS_PER_MINUTE, minutes);
const floorDivide = (a: bigint, b: bigint): bigint => a / b - (a % b < 0n ? 1n : 0n);

function parse(text: string | null, now: number): DateTimeOffset {
  const read = readDate(notNull(text, "input")) ?? badDate(text ?? "");
  return toDateTimeOffset(read, DateTime.fromMilliseconds(now, "Utc").ticks) ?? unsupported("this date");
}

const order = (a: DateTimeOffset, b: DateTimeOffset): number => a.compareTo(b) ?? 0;
const add = (unit: bigint) => (self: DateTimeOffset, value: Float) => self.plus(unitTicks(value, unit));

const members: MemberTable = {
  ...clockMembers<DateTimeOffset>((self) => self.clock),
  ...comparisons("DateTimeOffset", order),
  "new(DateTime dateTime)": (date: DateTime) => new DateTimeOffset(date.ticks, 0),
  "new(DateTime dateTime, TimeSpan offset)": (date: DateTime, offset: TimeSpan) => {
    const minutes = offsetMinutes(offset);
    if (date.kind !== "Unspecified" && minutes !== 0) raise("ArgumentException");
    return at(date.ticks, minutes);
  },
  "new(long ticks, TimeSpan offset)": (ticks: bigint, offset: TimeSpan) => at(ticks, offsetMinutes(offset)),
  "new(int year, int month, int day, int hour, int minute, int second, TimeSpan offset)": (
    year: number,
    month: number,
    day: number,
    hour: number,
    minute: number,
    second: number,
    offset: TimeSpan,
  ) => {
    if (hour > 23 || minute > 59 || second > 59 || hour < 0 || minute < 0 || second < 0)
      raise("ArgumentOutOfRangeException");
    return at(
      DateTime.ticksOf({ year, month, day }) + BigInt(hour * 3600 + minute * 60 + second) * TICKS_PER_SECOND,
      offsetMinutes(offset),
    );
  },
  "static DateTimeOffset UtcNow": withCall(
    ({ run }) =>
      () =>
        new DateTimeOffset(DateTime.fromMilliseconds(run.now(), "Utc").ticks, 0),
  ),
  "static DateTimeOffset Now": withCall(
    ({ run }) =>
      () =>
        new DateTimeOffset(DateTime.fromMilliseconds(run.now(), "Utc").ticks, 0),
  ),
  "static DateTimeOffset MinValue": () => new DateTimeOffset(0n, 0),
  "static DateTimeOffset MaxValue": () => new DateTimeOffset(DateTime.MAXIMUM.ticks, 0),
  "static DateTimeOffset UnixEpoch": () => new DateTimeOffset(UNIX_EPOCH_TICKS, 0),
  "static DateTimeOffset Parse(string input)": withCall(
    ({ run }) =>
      (text: string | null) =>
        parse(text, run.now()),
  ),
  "static DateTimeOffset Parse(string input, IFormatProvider formatProvider)": withCall(
    ({ run }) =>
      (text: string | null) =>
        parse(text, run.now()),
  ),
  "static DateTimeOffset ParseExact(string input, string format, IFormatProvider formatProvider)": "refused",
  "static bool TryParse(string input, out DateTimeOffset result)": withCall(
    ({ run }) =>
      (text: string | null, out: OutCell) => {
        const read = text === null ? undefined : readDate(text);
        const found = read && toDateTimeOffset(read, DateTime.fromMilliseconds(run.now(), "Utc").ticks);
        out.value = found ?? new DateTimeOffset(0n, 0);
        return found !== undefined;
      },
  ),
  "static DateTimeOffset FromUnixTimeSeconds(long seconds)": (seconds: bigint) => fromUnix(seconds, TICKS_PER_SECOND),
  "static DateTimeOffset FromUnixTimeMilliseconds(long milliseconds)": (milliseconds: bigint) =>
    fromUnix(milliseconds, TICKS_PER_MILLISECOND),
  "long ToUnixTimeSeconds()": (self: DateTimeOffset) => floorDivide(self.utcTicks - UNIX_EPOCH_TICKS, TICKS_PER_SECOND),
  "long ToUnixTimeMilliseconds()": (self: DateTimeOffset) =>
    floorDivide(self.utcTicks - UNIX_EPOCH_TICKS, TICKS_PER_MILLISECOND),
  "DateTime Date": (self: DateTimeOffset) => new DateTime(self.clock.ticks - self.clock.timeOfDay, "Unspecified"),
  "DateTime DateTime": (self: DateTimeOffset) => self.clock,
  "DateTime UtcDateTime": (self: DateTimeOffset) => new DateTime(self.utcTicks, "Utc"),
  "DateTime LocalDateTime": (self: DateTimeOffset) => new DateTime(self.utcTicks, "Local"),
  "TimeSpan Offset": (self: DateTimeOffset) => new TimeSpan(BigInt(self.offsetMinutes) * TICKS_PER_MINUTE),
  "long UtcTicks": (self: DateTimeOffset) => self.utcTicks,
  "DateTimeOffset ToUniversalTime()": (self: DateTimeOffset) => new DateTimeOffset(self.utcTicks, 0),
  "DateTimeOffset ToLocalTime()": (self: DateTimeOffset) => new DateTimeOffset(self.utcTicks, 0),
  "DateTimeOffset ToOffset(TimeSpan offset)": (self: DateTimeOffset, offset: TimeSpan) =>
    new DateTimeOffset(self.utcTicks, offsetMinutes(offset)),
  "DateTimeOffset Add(TimeSpan timeSpan)": (self: DateTimeOffset, span: TimeSpan) => self.plus(span.ticks),
  "DateTimeOffset AddDays(double days)": add(TICKS_PER_DAY),
  "DateTimeOffset AddHours(double hours)": add(TICKS_PER_HOUR),
  "DateTimeOffset AddMinutes(double minutes)": add(TICKS_PER_MINUTE),
  "DateTimeOffset AddSeconds(double seconds)": add(TICKS_PER_SECOND),
  "DateTimeOffset AddMilliseconds(double milliseconds)": add(TICKS_PER_MILLISECOND),
  "DateTimeOffset AddTicks(long ticks)": (self: DateTimeOffset, ticks: bigint) => self.plus(ticks),
  "DateTimeOffset AddMonths(int months)": (self: DateTimeOffset, months: number) =>
    self.withClock(self.clock.plusMonths(months)),
  "DateTimeOffset AddYears(int years)": (self: DateTimeOffset, years: number) =>
    Math.abs(years) > 10_000 ? raise("ArgumentOutOfRangeException") : self.withClock(self.clock.plusMonths(years * 12)),
  "TimeSpan Subtract(DateTimeOffset value)": (self: DateTimeOffset, other: DateTimeOffset) =>
    new TimeSpan(self.utcTicks - other.utcTicks),
  "DateTimeOffset Subtract(TimeSpan value)": (self: DateTimeOffset, span: TimeSpan) => self.plus(-span.ticks),
  "static DateTimeOffset operator +(DateTimeOffset d, TimeSpan t)": (self: DateTimeOffset, span: TimeSpan) =>
    self.plus(span.ticks),
  "static DateTimeOffset operator -(DateTimeOffset d, TimeSpan t)": (self: DateTimeOffset, span: TimeSpan) =>
    self.plus(-span.ticks),
  "static TimeSpan operator -(DateTimeOffset a, DateTimeOffset b)": (a: DateTimeOffset, b: DateTimeOffset) =>
    new TimeSpan(a.utcTicks - b.utcTicks),
  "implicit DateTimeOffset(DateTime dateTime)": (date: DateTime) => new DateTimeOffset(date.ticks, 0),
  "int CompareTo(DateTimeOffset other)": order,
  "static int Compare(DateTimeOffset first, DateTimeOffset second)": order,
  "bool Equals(DateTimeOffset other)": (a: DateTimeOffset, b: DateTimeOffset) => a.utcTicks === b.utcTicks,
  "bool EqualsExact(DateTimeOffset other)": (a: DateTimeOffset, b: DateTimeOffset) =>
    a.utcTicks === b.utcTicks && a.offsetMinutes === b.offsetMinutes,
  "string ToString()": (self: DateTimeOffset) => self.toText(),
  "string ToString(string format)": (self: DateTimeOffset, format: string | null) => self.format(format),
  "string ToString(IFormatProvider formatProvider)": (self: DateTimeOffset) => self.toText(),
  "string ToString(string format, IFormatProvider formatProvider)": (self: DateTimeOffset, format: string | null) =>
    self.format(format),
};

function fromUnix(count: bigint, unit: bigint): DateTimeOffset {
  const ticks = UNIX_EPOCH_TICKS + count * unit;
  return ticks < 0n || ticks > DateTime.MAXIMUM.ticks
    ? raise("ArgumentOutOfRangeException")
    : new DateTimeOffset(ticks, 0);
}

export const dateTimeOffsetTypes: readonly TypeDefinition[] = [
  { namespace: "System", name: "DateTimeOffset", kind: "struct", interfaces: ["IComparable", "IFormattable"], members },
];
