import type { MemberTable } from "../model/definition.ts";
import type { NetArray } from "../runtime/collection.ts";
import { compareCulture, compareOrdinal, requireOrdinalSearch, upperInvariant } from "../runtime/culture.ts";
import { notNull, raise } from "../runtime/exception.ts";
import { Char } from "../runtime/number.ts";
import type { EnumValue } from "../runtime/objects.ts";
import { checkRange, compareStrings, ignoresCase, isOrdinal } from "./support.ts";

/** Searches as the comparison says; a culture-sensitive one only where it cannot differ from an ordinal one. */
function search(
  text: string,
  value: string | null,
  comparison: EnumValue | undefined,
  find: (text: string, value: string) => number,
): number {
  const wanted = notNull(value, "value");
  if (comparison === undefined || !isOrdinal(comparison)) requireOrdinalSearch(text, wanted);
  return comparison !== undefined && ignoresCase(comparison)
    ? find(upperInvariant(text), upperInvariant(wanted))
    : find(text, wanted);
}

function indexFrom(text: string, value: string | null, start: number, count: number, comparison?: EnumValue): number {
  checkRange(start, count, text.length, ["startIndex", "count"]);
  const found = search(text.slice(0, start + count), value, comparison, (t, v) => t.indexOf(v, start));
  return found;
}

function lastIndex(text: string, value: string | null, comparison?: EnumValue): number {
  return search(text, value, comparison, (t, v) => (v === "" ? t.length : t.lastIndexOf(v)));
}

// Searches backwards from startIndex, the last character that may take part.
function lastIndexFrom(text: string, value: string, start: number): number {
  if (text === "") return value === "" ? 0 : -1;
  if (start < -1 || start > text.length) raise("ArgumentOutOfRangeException");
  requireOrdinalSearch(text, value);
  return text.slice(0, start + 1).lastIndexOf(value);
}

function anyIndex(text: string, any: NetArray | null, start = 0): number {
  checkRange(start, 0, text.length);
  const wanted = notNull(any, "anyOf").list.map((char) => (char instanceof Char ? char.toText() : ""));
  for (let i = start; i < text.length; i++) if (wanted.includes(text.charAt(i))) return i;
  return -1;
}

function lastAnyIndex(text: string, any: NetArray | null): number {
  const wanted = notNull(any, "anyOf").list.map((char) => (char instanceof Char ? char.toText() : ""));
  for (let i = text.length - 1; i >= 0; i--) if (wanted.includes(text.charAt(i))) return i;
  return -1;
}

export const stringSearch: MemberTable = {
  "int Length": (self: string) => self.length,
  "char this[int index]": (self: string, index: number) =>
    index < 0 || index >= self.length
      ? raise("IndexOutOfRangeException", "Index was outside the bounds of the array.")
      : new Char(self.charCodeAt(index)),
  "bool Contains(string value)": (self: string, value: string | null) => self.includes(notNull(value, "value")),
  "bool Contains(char value)": (self: string, value: Char) => self.includes(value.toText()),
  "bool Contains(string value, StringComparison comparisonType)": (
    self: string,
    value: string | null,
    comparison: EnumValue,
  ) => search(self, value, comparison, (t, v) => t.indexOf(v)) >= 0,
  "bool Contains(char value, StringComparison comparisonType)": (self: string, value: Char, comparison: EnumValue) =>
    search(self, value.toText(), comparison, (t, v) => t.indexOf(v)) >= 0,
  "bool StartsWith(string value)": (self: string, value: string | null) =>
    search(self, value, undefined, (t, v) => Number(t.startsWith(v))) === 1,
  "bool StartsWith(char value)": (self: string, value: Char) => self.startsWith(value.toText()),
  "bool StartsWith(string value, StringComparison comparisonType)": (
    self: string,
    value: string | null,
    comparison: EnumValue,
  ) => search(self, value, comparison, (t, v) => Number(t.startsWith(v))) === 1,
  "bool StartsWith(string value, bool ignoreCase, IFormatProvider culture)": "refused",
  "bool EndsWith(string value)": (self: string, value: string | null) =>
    search(self, value, undefined, (t, v) => Number(t.endsWith(v))) === 1,
  "bool EndsWith(char value)": (self: string, value: Char) => self.endsWith(value.toText()),
  "bool EndsWith(string value, StringComparison comparisonType)": (
    self: string,
    value: string | null,
    comparison: EnumValue,
  ) => search(self, value, comparison, (t, v) => Number(t.endsWith(v))) === 1,
  "bool EndsWith(string value, bool ignoreCase, IFormatProvider culture)": "refused",
  "int IndexOf(string value)": (self: string, value: string | null) => indexFrom(self, value, 0, self.length),
  "int IndexOf(string value, int startIndex)": (self: string, value: string | null, start: number) =>
    indexFrom(self, value, start, self.length - start),
  "int IndexOf(string value, int startIndex, int count)": (
    self: string,
    value: string | null,
    start: number,
    count: number,
  ) => indexFrom(self, value, start, count),
  "int IndexOf(string value, StringComparison comparisonType)": (
    self: string,
    value: string | null,
    comparison: EnumValue,
  ) => indexFrom(self, value, 0, self.length, comparison),
  "int IndexOf(string value, int startIndex, StringComparison comparisonType)": (
    self: string,
    value: string | null,
    start: number,
    comparison: EnumValue,
  ) => indexFrom(self, value, start, self.length - start, comparison),
  "int IndexOf(char value)": (self: string, value: Char) => self.indexOf(value.toText()),
  "int IndexOf(char value, int startIndex)": (self: string, value: Char, start: number) => {
    checkRange(start, 0, self.length);
    return self.indexOf(value.toText(), start);
  },
  "int IndexOf(char value, int startIndex, int count)": (self: string, value: Char, start: number, count: number) => {
    checkRange(start, count, self.length, ["startIndex", "count"]);
    return self.slice(0, start + count).indexOf(value.toText(), start);
  },
  "int IndexOf(char value, StringComparison comparisonType)": (self: string, value: Char, comparison: EnumValue) =>
    indexFrom(self, value.toText(), 0, self.length, comparison),
  "int IndexOfAny(char[] anyOf)": anyIndex,
  "int IndexOfAny(char[] anyOf, int startIndex)": anyIndex,
  "int LastIndexOf(string value)": (self: string, value: string | null) => lastIndex(self, value),
  "int LastIndexOf(string value, StringComparison comparisonType)": (
    self: string,
    value: string | null,
    comparison: EnumValue,
  ) => lastIndex(self, value, comparison),
  "int LastIndexOf(string value, int startIndex)": (self: string, value: string | null, start: number) =>
    lastIndexFrom(self, notNull(value, "value"), start),
  "int LastIndexOf(char value)": (self: string, value: Char) => self.lastIndexOf(value.toText()),
  "int LastIndexOf(char value, int startIndex)": (self: string, value: Char, start: number) =>
    lastIndexFrom(self, value.toText(), start),
  "int LastIndexOfAny(char[] anyOf)": lastAnyIndex,
  "bool Equals(string value)": (self: string, value: string | null) => self === value,
  "bool Equals(string value, StringComparison comparisonType)": (
    self: string,
    value: string | null,
    comparison: EnumValue,
  ) => value !== null && compareStrings(self, value, comparison) === 0,
  "static bool Equals(string a, string b)": (a: string | null, b: string | null) => a === b,
  "static bool Equals(string a, string b, StringComparison comparisonType)": (
    a: string | null,
    b: string | null,
    comparison: EnumValue,
  ) => compareStrings(a, b, comparison) === 0,
  "int CompareTo(string strB)": (self: string, other: string | null) =>
    other === null ? 1 : compareCulture(self, other, false),
  "static int Compare(string strA, string strB)": (a: string | null, b: string | null) => culture(a, b, false),
  "static int Compare(string strA, string strB, bool ignoreCase)": culture,
  "static int Compare(string strA, string strB, StringComparison comparisonType)": (
    a: string | null,
    b: string | null,
    comparison: EnumValue,
  ) => (isOrdinal(comparison) ? ordinal(a, b, ignoresCase(comparison)) : compareStrings(a, b, comparison)),
  "static int CompareOrdinal(string strA, string strB)": (a: string | null, b: string | null) => ordinal(a, b, false),
};

function culture(a: string | null, b: string | null, ignoreCase: boolean): number {
  if (a === null || b === null) return Number(a !== null) - Number(b !== null);
  return compareCulture(a, b, ignoreCase);
}

// The result is the difference of the first differing characters, or of the lengths.
function ordinal(a: string | null, b: string | null, ignoreCase: boolean): number {
  if (a === null || b === null) return Number(a !== null) - Number(b !== null);
  const [left, right] = ignoreCase ? [upperInvariant(a), upperInvariant(b)] : [a, b];
  if (compareOrdinal(left, right, false) === 0) return 0;
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const difference = left.charCodeAt(i) - right.charCodeAt(i);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}
