import type { MemberTable, TypeDefinition } from "../model/definition.ts";
import {
  TICKS_PER_DAY,
  TICKS_PER_HOUR,
  TICKS_PER_MILLISECOND,
  TICKS_PER_MINUTE,
  TICKS_PER_SECOND,
} from "../runtime/calendar.ts";
import { notNull, raise } from "../runtime/exception.ts";
import { Float } from "../runtime/number.ts";
import type { OutCell } from "../runtime/objects.ts";
import { readSpan, spanOverflows } from "../runtime/spanParse.ts";
import { TimeSpan } from "../runtime/time.ts";
import { comparisons } from "./dateTime.ts";

const part = (unit: bigint, modulo?: bigint) => (self: TimeSpan) =>
  Number(modulo === undefined ? self.ticks / unit : (self.ticks / unit) % modulo);
const total = (unit: bigint) => (self: TimeSpan) => Float.double(Number(self.ticks) / Number(unit));
const from = (unit: bigint) => (value: Float) => TimeSpan.from(value.value, unit);
// .NET 9 and later have overloads for whole numbers, which C# prefers for integers.
const whole = (unit: bigint) => (value: number | bigint) => new TimeSpan(BigInt(value) * unit);
const order = (a: TimeSpan, b: TimeSpan): number => a.compareTo(b) ?? 0;
const make = (days: number, hours: number, minutes: number, seconds: number, milliseconds = 0): TimeSpan =>
  new TimeSpan(
    BigInt(days) * TICKS_PER_DAY +
      BigInt(hours) * TICKS_PER_HOUR +
      BigInt(minutes) * TICKS_PER_MINUTE +
      BigInt(seconds) * TICKS_PER_SECOND +
      BigInt(milliseconds) * TICKS_PER_MILLISECOND,
  );
const parse = (text: string | null): TimeSpan =>
  readSpan(notNull(text, "input")) ??
  raise(
    spanOverflows(text ?? "") ? "OverflowException" : "FormatException",
    `String '${text}' was not recognized as a valid TimeSpan.`,
  );

const members: MemberTable = {
  ...comparisons("TimeSpan", order),
  "new(int hours, int minutes, int seconds)": (hours: number, minutes: number, seconds: number) =>
    make(0, hours, minutes, seconds),
  "new(int days, int hours, int minutes, int seconds)": make,
  "new(int days, int hours, int minutes, int seconds, int milliseconds)": make,
  "new(long ticks)": (ticks: bigint) => new TimeSpan(ticks),
  "static TimeSpan Zero": () => new TimeSpan(0n),
  "static TimeSpan MaxValue": () => new TimeSpan(2n ** 63n - 1n),
  "static TimeSpan MinValue": () => new TimeSpan(-(2n ** 63n)),
  "const long TicksPerDay": () => TICKS_PER_DAY,
  "const long TicksPerHour": () => TICKS_PER_HOUR,
  "const long TicksPerMinute": () => TICKS_PER_MINUTE,
  "const long TicksPerSecond": () => TICKS_PER_SECOND,
  "const long TicksPerMillisecond": () => TICKS_PER_MILLISECOND,
  "static TimeSpan FromDays(double value)": from(TICKS_PER_DAY),
  "static TimeSpan FromHours(double value)": from(TICKS_PER_HOUR),
  "static TimeSpan FromMinutes(double value)": from(TICKS_PER_MINUTE),
  "static TimeSpan FromSeconds(double value)": from(TICKS_PER_SECOND),
  "static TimeSpan FromMilliseconds(double value)": from(TICKS_PER_MILLISECOND),
  "static TimeSpan FromDays(int days)": whole(TICKS_PER_DAY),
  "static TimeSpan FromHours(int hours)": whole(TICKS_PER_HOUR),
  "static TimeSpan FromMinutes(long minutes)": whole(TICKS_PER_MINUTE),
  "static TimeSpan FromSeconds(long seconds)": whole(TICKS_PER_SECOND),
  "static TimeSpan FromMilliseconds(long milliseconds)": whole(TICKS_PER_MILLISECOND),
  "static TimeSpan FromTicks(long value)": (ticks: bigint) => new TimeSpan(ticks),
  "static TimeSpan Parse(string s)": parse,
  "static TimeSpan Parse(string input, IFormatProvider formatProvider)": parse,
  "static bool TryParse(string s, out TimeSpan result)": (text: string | null, out: OutCell) => {
    const read = text === null ? undefined : readSpan(text);
    out.value = read ?? new TimeSpan(0n);
    return read !== undefined;
  },
  "int Days": part(TICKS_PER_DAY),
  "int Hours": part(TICKS_PER_HOUR, 24n),
  "int Minutes": part(TICKS_PER_MINUTE, 60n),
  "int Seconds": part(TICKS_PER_SECOND, 60n),
  "int Milliseconds": part(TICKS_PER_MILLISECOND, 1000n),
  "long Ticks": (self: TimeSpan) => self.ticks,
  "double TotalDays": total(TICKS_PER_DAY),
  "double TotalHours": total(TICKS_PER_HOUR),
  "double TotalMinutes": total(TICKS_PER_MINUTE),
  "double TotalSeconds": total(TICKS_PER_SECOND),
  "double TotalMilliseconds": total(TICKS_PER_MILLISECOND),
  "TimeSpan Add(TimeSpan ts)": (a: TimeSpan, b: TimeSpan) => new TimeSpan(a.ticks + b.ticks),
  "TimeSpan Subtract(TimeSpan ts)": (a: TimeSpan, b: TimeSpan) => new TimeSpan(a.ticks - b.ticks),
  "TimeSpan Negate()": (a: TimeSpan) => new TimeSpan(-a.ticks),
  "TimeSpan Duration()": (a: TimeSpan) => new TimeSpan(a.ticks < 0n ? -a.ticks : a.ticks),
  "static TimeSpan operator +(TimeSpan a, TimeSpan b)": (a: TimeSpan, b: TimeSpan) => new TimeSpan(a.ticks + b.ticks),
  "static TimeSpan operator -(TimeSpan a, TimeSpan b)": (a: TimeSpan, b: TimeSpan) => new TimeSpan(a.ticks - b.ticks),
  "static TimeSpan operator -(TimeSpan t)": (a: TimeSpan) => new TimeSpan(-a.ticks),
  "static TimeSpan operator *(TimeSpan t, double factor)": "refused",
  "static double operator /(TimeSpan a, TimeSpan b)": (a: TimeSpan, b: TimeSpan) =>
    Float.double(Number(a.ticks) / Number(b.ticks)),
  "int CompareTo(TimeSpan value)": order,
  "static int Compare(TimeSpan t1, TimeSpan t2)": order,
  "bool Equals(TimeSpan obj)": (a: TimeSpan, b: TimeSpan) => a.ticks === b.ticks,
  "string ToString()": (self: TimeSpan) => self.toText(),
  "string ToString(string format)": (self: TimeSpan, format: string | null) => self.format(format),
  "string ToString(string format, IFormatProvider formatProvider)": (self: TimeSpan, format: string | null) =>
    self.format(format),
};

export const timeSpanTypes: readonly TypeDefinition[] = [
  { namespace: "System", name: "TimeSpan", kind: "struct", interfaces: ["IComparable", "IFormattable"], members },
];
