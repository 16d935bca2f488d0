import { TICKS_PER_DAY, TICKS_PER_MINUTE } from "./calendar.ts";
import type { ReadDate } from "./dateParse.ts";
import { DateTime, DateTimeOffset } from "./time.ts";

/** A read date as DateTime.Parse gives it: with an offset it becomes local time (UTC). A bare time needs today's ticks. */
export function toDateTime(read: ReadDate, today?: bigint): DateTime | undefined {
  const ticks = clockTicks(read, today);
  if (ticks === undefined) return undefined;
  if (read.offsetMinutes === undefined) return new DateTime(ticks, "Unspecified");
  return new DateTime(ticks - BigInt(read.offsetMinutes) * TICKS_PER_MINUTE, "Local");
}

export function toDateTimeOffset(read: ReadDate, today?: bigint): DateTimeOffset | undefined {
  const ticks = clockTicks(read, today);
  if (ticks === undefined) return undefined;
  const offset = read.offsetMinutes ?? 0;
  return new DateTimeOffset(ticks - BigInt(offset) * TICKS_PER_MINUTE, offset);
}

function clockTicks(read: ReadDate, today: bigint | undefined): bigint | undefined {
  if (!read.today) return read.ticks;
  return today === undefined ? undefined : (today / TICKS_PER_DAY) * TICKS_PER_DAY + read.ticks;
}
