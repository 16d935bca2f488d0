import { TICKS_PER_DAY, TICKS_PER_HOUR, TICKS_PER_MINUTE, TICKS_PER_SECOND } from "./calendar.ts";
import { raise } from "./exception.ts";

const PIECE = /\\([\s\S])|'([^']*)'|"([^"]*)"|%(?!$)|(d+|h+|m+|s+|f+|F+)|([\s\S])/g;

/** Formats a TimeSpan, invariant culture. */
export function formatSpan(ticks: bigint, format: string): string {
  const size = ticks < 0n ? -ticks : ticks;
  const sign = ticks < 0n ? "-" : "";
  const days = size / TICKS_PER_DAY;
  const hours = (size / TICKS_PER_HOUR) % 24n;
  const two = (value: bigint): string => value.toString().padStart(2, "0");
  const rest = `${two((size / TICKS_PER_MINUTE) % 60n)}:${two((size / TICKS_PER_SECOND) % 60n)}`;
  const fraction = (size % TICKS_PER_SECOND).toString().padStart(7, "0");
  switch (format) {
    case "c":
    case "t":
    case "T":
      return `${sign}${days > 0n ? `${days}.` : ""}${two(hours)}:${rest}${fraction === "0000000" ? "" : `.${fraction}`}`;
    case "g": {
      const short = fraction.replace(/0+$/, "");
      return `${sign}${days > 0n ? `${days}:` : ""}${hours}:${rest}${short === "" ? "" : `.${short}`}`;
    }
    case "G":
      return `${sign}${days}:${two(hours)}:${rest}.${fraction}`;
    default:
      return format.length === 1 ? bad() : custom(size, format);
  }
}

function bad(): never {
  return raise("FormatException", "Input string was not in a correct format.");
}

function custom(size: bigint, format: string): string {
  let result = "";
  for (const match of format.matchAll(PIECE)) {
    const [whole, escaped, single, double, specifier, literal] = match;
    if (literal !== undefined) bad();
    result +=
      specifier === undefined ? (escaped ?? single ?? double ?? (whole === "%" ? "" : whole)) : part(size, specifier);
  }
  return result;
}

function part(size: bigint, specifier: string): string {
  const count = specifier.length;
  const padded = (value: bigint): string => (count > 2 ? bad() : value.toString().padStart(count, "0"));
  switch (specifier.charAt(0)) {
    case "d":
      return count > 8 ? bad() : (size / TICKS_PER_DAY).toString().padStart(count, "0");
    case "h":
      return padded((size / TICKS_PER_HOUR) % 24n);
    case "m":
      return padded((size / TICKS_PER_MINUTE) % 60n);
    case "s":
      return padded((size / TICKS_PER_SECOND) % 60n);
    default: {
      if (count > 7) bad();
      const digits = (size % TICKS_PER_SECOND).toString().padStart(7, "0").slice(0, count);
      return specifier.startsWith("F") ? digits.replace(/0+$/, "") : digits;
    }
  }
}
