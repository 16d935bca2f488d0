import { namedType, type Type } from "../model/type.ts";
import { type EqualityKey, NetObject } from "../model/value.ts";
import {
  type CalendarDate,
  dateOfDay,
  dayOfDate,
  daysInMonth,
  MAX_TICKS,
  TICKS_PER_DAY,
  TICKS_PER_MILLISECOND,
  TICKS_PER_MINUTE,
  UNIX_EPOCH_TICKS,
} from "./calendar.ts";
import { formatDate } from "./dateFormat.ts";
import { argumentOutOfRange, raise } from "./exception.ts";
import { formatSpan } from "./spanFormat.ts";

const MAX_LONG = 2n ** 63n - 1n;

function order(a: bigint, b: bigint): number {
  return a < b ? -1 : Number(a > b);
}

/** TimeSpan: ticks of 100 ns. */
export class TimeSpan extends NetObject {
  readonly ticks: bigint;

  constructor(ticks: bigint) {
    super();
    if (ticks > MAX_LONG || ticks < -MAX_LONG - 1n)
      raise("OverflowException", "TimeSpan overflowed because the duration is too long.");
    this.ticks = ticks;
  }

  /** From a double of units; rounded to the nearest tick as .NET does. */
  static from(value: number, ticksPerUnit: bigint): TimeSpan {
    if (Number.isNaN(value)) raise("ArgumentException", "TimeSpan does not accept floating point Not-a-Number values.");
    const ticks = value * Number(ticksPerUnit);
    if (Math.abs(ticks) >= 2 ** 63) raise("OverflowException", "TimeSpan overflowed because the duration is too long.");
    return new TimeSpan(BigInt(Math.trunc(ticks)));
  }

  override get type(): Type {
    return namedType("System.TimeSpan");
  }

  override toText(): string {
    return formatSpan(this.ticks, "c");
  }

  override format(format: string | null): string {
    return formatSpan(this.ticks, format || "c");
  }

  override equalityKey(): EqualityKey {
    return `span:${this.ticks}`;
  }

  override compareTo(other: NetObject): number | undefined {
    return other instanceof TimeSpan ? order(this.ticks, other.ticks) : undefined;
  }
}

/** DateTimeKind. */
export type Kind = "Unspecified" | "Utc" | "Local";

/** DateTime. The local time zone is UTC, as in the gateway. */
export class DateTime extends NetObject {
  static readonly MINIMUM = new DateTime(0n, "Unspecified");
  static readonly MAXIMUM = new DateTime(MAX_TICKS, "Unspecified");

  readonly ticks: bigint;
  readonly kind: Kind;

  constructor(ticks: bigint, kind: Kind) {
    super();
    this.ticks = ticks;
    this.kind = kind;
  }

  static fromMilliseconds(milliseconds: number, kind: Kind): DateTime {
    return new DateTime(UNIX_EPOCH_TICKS + BigInt(Math.trunc(milliseconds)) * TICKS_PER_MILLISECOND, kind);
  }

  /** Ticks of a date at midnight; ArgumentOutOfRangeException when there is no such date. */
  static ticksOf(date: CalendarDate): bigint {
    const day = dayOfDate(date);
    if (day === undefined)
      return raise(
        "ArgumentOutOfRangeException",
        "Year, Month, and Day parameters describe an un-representable DateTime.",
      );
    return BigInt(day) * TICKS_PER_DAY;
  }

  get date(): CalendarDate {
    return dateOfDay(Number(this.ticks / TICKS_PER_DAY));
  }

  get timeOfDay(): bigint {
    return this.ticks % TICKS_PER_DAY;
  }

  get dayOfWeek(): number {
    return (Number(this.ticks / TICKS_PER_DAY) + 1) % 7;
  }

  plus(ticks: bigint): DateTime {
    const sum = this.ticks + ticks;
    if (sum < 0n || sum > MAX_TICKS)
      argumentOutOfRange("value", "The added or subtracted value results in an un-representable DateTime.");
    return new DateTime(sum, this.kind);
  }

  plusMonths(months: number): DateTime {
    if (months < -120_000 || months > 120_000) argumentOutOfRange("months", "Months value must be between +/-120000.");
    const { year, month, day } = this.date;
    const index = year * 12 + (month - 1) + months;
    const [newYear, newMonth] = [Math.floor(index / 12), (((index % 12) + 12) % 12) + 1];
    if (newYear < 1 || newYear > 9999)
      argumentOutOfRange("months", "The added or subtracted value results in an un-representable DateTime.");
    const ticks = DateTime.ticksOf({
      year: newYear,
      month: newMonth,
      day: Math.min(day, daysInMonth(newYear, newMonth)),
    });
    return new DateTime(ticks + this.timeOfDay, this.kind);
  }

  override get type(): Type {
    return namedType("System.DateTime");
  }

  override toText(): string {
    return this.format("G");
  }

  override format(format: string | null): string {
    return formatDate(this, format || "G");
  }

  override equalityKey(): EqualityKey {
    return `date:${this.ticks}`;
  }

  override compareTo(other: NetObject): number | undefined {
    return other instanceof DateTime ? order(this.ticks, other.ticks) : undefined;
  }
}

/** DateTimeOffset: ticks of UTC, and the offset in minutes. */
export class DateTimeOffset extends NetObject {
  readonly utcTicks: bigint;
  readonly offsetMinutes: number;

  constructor(utcTicks: bigint, offsetMinutes: number) {
    super();
    if (utcTicks < 0n || utcTicks > MAX_TICKS)
      argumentOutOfRange(
        "offset",
        "The UTC time represented when the offset is applied must be between year 0 and 10,000.",
      );
    this.utcTicks = utcTicks;
    this.offsetMinutes = offsetMinutes;
  }

  /** The clock time at the offset, as a DateTime of unspecified kind. */
  get clock(): DateTime {
    return new DateTime(this.utcTicks + BigInt(this.offsetMinutes) * TICKS_PER_MINUTE, "Unspecified");
  }

  get utcClock(): DateTime {
    return new DateTime(this.utcTicks, "Unspecified");
  }

  plus(ticks: bigint): DateTimeOffset {
    const sum = this.utcTicks + ticks;
    if (sum < 0n || sum > MAX_TICKS)
      argumentOutOfRange("value", "The added or subtracted value results in an un-representable DateTime.");
    return new DateTimeOffset(sum, this.offsetMinutes);
  }

  withClock(clock: DateTime): DateTimeOffset {
    return new DateTimeOffset(clock.ticks - BigInt(this.offsetMinutes) * TICKS_PER_MINUTE, this.offsetMinutes);
  }

  override get type(): Type {
    return namedType("System.DateTimeOffset");
  }

  override toText(): string {
    return formatDate(this.clock, "MM/dd/yyyy HH:mm:ss zzz", this);
  }

  override format(format: string | null): string {
    return format ? formatDate(this.clock, format, this) : this.toText();
  }

  override equalityKey(): EqualityKey {
    return `instant:${this.utcTicks}`;
  }

  override compareTo(other: NetObject): number | undefined {
    return other instanceof DateTimeOffset ? order(this.utcTicks, other.utcTicks) : undefined;
  }
}
