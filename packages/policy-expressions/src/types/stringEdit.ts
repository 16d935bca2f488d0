import { unsupported } from "../errors.ts";
import { type MemberTable, withCall } from "../model/definition.ts";
import { CHAR } from "../model/type.ts";
import { iterate, NetArray } from "../runtime/collection.ts";
import { lowerInvariant, upperInvariant } from "../runtime/culture.ts";
import { notNull, raise } from "../runtime/exception.ts";
import type { Char } from "../runtime/number.ts";
import type { EnumValue } from "../runtime/objects.ts";
import { trimWhiteSpace } from "./stringTrim.ts";
import { charsOf, checkRange, ignoresCase, isOrdinal } from "./support.ts";

function replace(text: string, from: string | null, to: string | null): string {
  if (notNull(from, "oldValue") === "")
    raise("ArgumentException", "String cannot be of zero length. (Parameter 'oldValue')");
  return text.replaceAll(from ?? "", () => to ?? "");
}

function replaceCompared(text: string, from: string | null, to: string | null, comparison: EnumValue): string {
  if (!isOrdinal(comparison)) return unsupported("a culture-sensitive Replace");
  if (!ignoresCase(comparison)) return replace(text, from, to);
  const wanted = upperInvariant(notNull(from, "oldValue"));
  if (wanted === "") raise("ArgumentException", "String cannot be of zero length. (Parameter 'oldValue')");
  const upper = upperInvariant(text);
  let result = "";
  let at = 0;
  for (let hit = upper.indexOf(wanted); hit >= 0; hit = upper.indexOf(wanted, at)) {
    result += text.slice(at, hit) + (to ?? "");
    at = hit + wanted.length;
  }
  return result + text.slice(at);
}

function pad(text: string, width: number, char: string, left: boolean): string {
  if (width < 0) raise("ArgumentOutOfRangeException");
  return left ? text.padStart(width, char) : text.padEnd(width, char);
}

const padding = (left: boolean) =>
  withCall(({ run }) => (self: string, width: number, char?: Char) => {
    run.allocate(Math.max(width, 0));
    return pad(self, width, char?.toText() ?? " ", left);
  });

export const stringEdit: MemberTable = {
  "static string Empty": () => "",
  "new(char c, int count)": withCall(({ run }) => (char: Char, count: number) => {
    if (count < 0) raise("ArgumentOutOfRangeException", "'count' must be non-negative. (Parameter 'count')");
    run.allocate(count);
    return char.toText().repeat(count);
  }),
  "new(char[] value)": (array: NetArray | null) => charsOf(array).join(""),
  "new(char[] value, int startIndex, int length)": (array: NetArray, start: number, length: number) => {
    checkRange(start, length, array.list.length);
    return charsOf(array)
      .slice(start, start + length)
      .join("");
  },
  "static bool IsNullOrEmpty(string value)": (value: string | null) => value === null || value === "",
  "static bool IsNullOrWhiteSpace(string value)": (value: string | null) =>
    value === null || trimWhiteSpace(value) === "",
  "string Substring(int startIndex)": (self: string, start: number) => {
    checkRange(start, 0, self.length);
    return self.slice(start);
  },
  "string Substring(int startIndex, int length)": (self: string, start: number, length: number) => {
    checkRange(start, length, self.length);
    return self.slice(start, start + length);
  },
  "string Remove(int startIndex)": (self: string, start: number) => {
    checkRange(start, 0, self.length);
    return self.slice(0, start);
  },
  "string Remove(int startIndex, int count)": (self: string, start: number, count: number) => {
    checkRange(start, count, self.length, ["startIndex", "count"]);
    return self.slice(0, start) + self.slice(start + count);
  },
  "string Insert(int startIndex, string value)": (self: string, start: number, value: string | null) => {
    checkRange(start, 0, self.length);
    return self.slice(0, start) + notNull(value, "value") + self.slice(start);
  },
  "string Replace(char oldChar, char newChar)": (self: string, from: Char, to: Char) =>
    self.replaceAll(from.toText(), () => to.toText()),
  "string Replace(string oldValue, string newValue)": replace,
  "string Replace(string oldValue, string newValue, StringComparison comparisonType)": replaceCompared,
  "string ToLower()": lowerInvariant,
  "string ToUpper()": upperInvariant,
  "string ToLowerInvariant()": lowerInvariant,
  "string ToUpperInvariant()": upperInvariant,
  "string PadLeft(int totalWidth)": padding(true),
  "string PadLeft(int totalWidth, char paddingChar)": padding(true),
  "string PadRight(int totalWidth)": padding(false),
  "string PadRight(int totalWidth, char paddingChar)": padding(false),
  "char[] ToCharArray()": (self: string) => new NetArray(CHAR, [...iterate(self)]),
  "char[] ToCharArray(int startIndex, int length)": (self: string, start: number, length: number) => {
    checkRange(start, length, self.length);
    return new NetArray(CHAR, [...iterate(self.slice(start, start + length))]);
  },
  "string Normalize()": (self: string) => self.normalize("NFC"),
  "static string Copy(string str)": (text: string | null) => notNull(text, "str"),
};
