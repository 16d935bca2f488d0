import { unsupported } from "../errors.ts";
import { type MemberTable, withCall } from "../model/definition.ts";
import { CHAR } from "../model/type.ts";
import type { Value } from "../model/value.ts";
import { iterate, NetArray } from "../runtime/collection.ts";
import { formatComposite } from "../runtime/compositeFormat.ts";
import { lowerInvariant, upperInvariant } from "../runtime/culture.ts";
import { notNull, raise } from "../runtime/exception.ts";
import type { Char } from "../runtime/number.ts";
import type { EnumValue } from "../runtime/objects.ts";
import { textOf } from "../runtime/text.ts";
import { checkRange, ignoresCase, isOrdinal, stringArray } from "./support.ts";

const SPLIT = { RemoveEmptyEntries: 1, TrimEntries: 2 };
const SPACES = "\\s\\x85";

function split(text: string, separators: readonly string[], limit: number, options: number): NetArray {
  const usable = separators.filter((separator) => separator !== "");
  const pieces: string[] = [];
  const trim = (piece: string): string => ((options & SPLIT.TrimEntries) !== 0 ? trimSpaces(piece) : piece);
  const keep = (piece: string): boolean => (options & SPLIT.RemoveEmptyEntries) === 0 || piece !== "";
  if (limit < 0) raise("ArgumentOutOfRangeException", "'count' must be non-negative. (Parameter 'count')");
  if (limit === 0) return stringArray([]);
  if (limit === 1) return stringArray([trim(text)].filter(keep));
  let start = 0;
  let at = 0;
  while (at < text.length) {
    const found = usable.find((separator) => text.startsWith(separator, at));
    const hit =
      separators.length === 0 ? /\s|\x85/.test(text.charAt(at)) && text.charAt(at) !== "\ufeff" : found !== undefined;
    if (!hit) {
      at++;
      continue;
    }
    const piece = trim(text.slice(start, at));
    at += found?.length ?? 1;
    start = at;
    if (keep(piece)) pieces.push(piece);
    if (pieces.length === limit - 1) break;
  }
  let rest = text.slice(start);
  // With a limit, leading empty pieces of the rest are removed as well.
  if (pieces.length === limit - 1 && (options & SPLIT.RemoveEmptyEntries) !== 0)
    rest = dropLeading(rest, separators, trim);
  if (keep(trim(rest))) pieces.push(trim(rest));
  return stringArray(pieces);
}

function dropLeading(text: string, separators: readonly string[], trim: (piece: string) => string): string {
  let rest = text;
  while (rest !== "") {
    const candidate = trim(rest) === rest ? rest : trim(rest);
    const found =
      separators.length === 0
        ? candidate.match(/^\s/)?.[0]
        : separators.find((separator) => separator !== "" && candidate.startsWith(separator));
    if (found === undefined) return rest;
    rest = candidate.slice(found.length);
  }
  return rest;
}

function chars(array: NetArray | null): string[] {
  return (array?.list ?? []).map(textOf);
}

function trimSpaces(text: string): string {
  return text.replace(new RegExp(`^[${SPACES}]+|[${SPACES}]+$`, "g"), "");
}

function trimWith(text: string, set: readonly string[], start: boolean, end: boolean): string {
  const isTrimmed = (char: string): boolean =>
    set.length === 0 ? /[\s\x85]/.test(char) && char !== "\ufeff" : set.includes(char);
  let [from, to] = [0, text.length];
  while (start && from < to && isTrimmed(text.charAt(from))) from++;
  while (end && to > from && isTrimmed(text.charAt(to - 1))) to--;
  return text.slice(from, to);
}

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

const join = (separator: Value, values: Iterable<Value>): string => [...values].map(textOf).join(textOf(separator));

export const stringEdit: MemberTable = {
  "static string Empty": () => "",
  "new(char c, int count)": withCall(({ run }) => (char: Char, count: number) => {
    if (count < 0) raise("ArgumentOutOfRangeException", "'count' must be non-negative. (Parameter 'count')");
    run.allocate(count);
    return char.toText().repeat(count);
  }),
  "new(char[] value)": (array: NetArray | null) => chars(array).join(""),
  "new(char[] value, int startIndex, int length)": (array: NetArray, start: number, length: number) => {
    checkRange(start, length, array.list.length);
    return chars(array)
      .slice(start, start + length)
      .join("");
  },
  "static bool IsNullOrEmpty(string value)": (value: string | null) => value === null || value === "",
  "static bool IsNullOrWhiteSpace(string value)": (value: string | null) =>
    value === null || trimWith(value, [], true, true) === "",
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
  "string Trim()": (self: string) => trimWith(self, [], true, true),
  "string Trim(char trimChar)": (self: string, char: Char) => trimWith(self, [char.toText()], true, true),
  "string Trim(params char[] trimChars)": (self: string, set: NetArray | null) =>
    trimWith(self, chars(set), true, true),
  "string TrimStart()": (self: string) => trimWith(self, [], true, false),
  "string TrimStart(char trimChar)": (self: string, char: Char) => trimWith(self, [char.toText()], true, false),
  "string TrimStart(params char[] trimChars)": (self: string, set: NetArray | null) =>
    trimWith(self, chars(set), true, false),
  "string TrimEnd()": (self: string) => trimWith(self, [], false, true),
  "string TrimEnd(char trimChar)": (self: string, char: Char) => trimWith(self, [char.toText()], false, true),
  "string TrimEnd(params char[] trimChars)": (self: string, set: NetArray | null) =>
    trimWith(self, chars(set), false, true),
  "string PadLeft(int totalWidth)": padding(true),
  "string PadLeft(int totalWidth, char paddingChar)": padding(true),
  "string PadRight(int totalWidth)": padding(false),
  "string PadRight(int totalWidth, char paddingChar)": padding(false),
  "string[] Split(params char[] separator)": (self: string, separators: NetArray | null) =>
    split(self, chars(separators), Number.MAX_SAFE_INTEGER, 0),
  "string[] Split(char[] separator, int count)": (self: string, separators: NetArray | null, count: number) =>
    split(self, chars(separators), count, 0),
  "string[] Split(char[] separator, StringSplitOptions options)": (
    self: string,
    separators: NetArray | null,
    options: EnumValue,
  ) => split(self, chars(separators), Number.MAX_SAFE_INTEGER, options.value),
  "string[] Split(char[] separator, int count, StringSplitOptions options)": (
    self: string,
    separators: NetArray | null,
    count: number,
    options: EnumValue,
  ) => split(self, chars(separators), count, options.value),
  "string[] Split(string[] separator, StringSplitOptions options)": (
    self: string,
    separators: NetArray | null,
    options: EnumValue,
  ) => split(self, chars(separators), Number.MAX_SAFE_INTEGER, options.value),
  "string[] Split(string[] separator, int count, StringSplitOptions options)": (
    self: string,
    separators: NetArray | null,
    count: number,
    options: EnumValue,
  ) => split(self, chars(separators), count, options.value),
  "string[] Split(char separator, StringSplitOptions options = default)": (
    self: string,
    separator: Char,
    options: EnumValue,
  ) => split(self, [separator.toText()], Number.MAX_SAFE_INTEGER, options.value),
  "string[] Split(char separator, int count, StringSplitOptions options = default)": (
    self: string,
    separator: Char,
    count: number,
    options: EnumValue,
  ) => split(self, [separator.toText()], count, options.value),
  "string[] Split(string separator, StringSplitOptions options = default)": (
    self: string,
    separator: string | null,
    options: EnumValue,
  ) => split(self, separator ? [separator] : [""], Number.MAX_SAFE_INTEGER, options.value),
  "string[] Split(string separator, int count, StringSplitOptions options = default)": (
    self: string,
    separator: string | null,
    count: number,
    options: EnumValue,
  ) => split(self, separator ? [separator] : [""], count, options.value),
  "char[] ToCharArray()": (self: string) => new NetArray(CHAR, [...iterate(self)]),
  "char[] ToCharArray(int startIndex, int length)": (self: string, start: number, length: number) => {
    checkRange(start, length, self.length);
    return new NetArray(CHAR, [...iterate(self.slice(start, start + length))]);
  },
  "static string Join(string separator, params string[] value)": (separator: Value, values: NetArray) =>
    join(separator, iterate(values, "value")),
  "static string Join(string separator, params object[] values)": (separator: Value, values: NetArray) =>
    join(separator, iterate(values, "values")),
  "static string Join(string separator, IEnumerable<string> values)": (separator: Value, values: Value) =>
    join(separator, iterate(values, "values")),
  "static string Join<T>(string separator, IEnumerable<T> values)": (separator: Value, values: Value) =>
    join(separator, iterate(values, "values")),
  "static string Join(string separator, string[] value, int startIndex, int count)": (
    separator: Value,
    values: NetArray,
    start: number,
    count: number,
  ) => {
    checkRange(start, count, values.list.length, ["startIndex", "count"]);
    return join(separator, values.list.slice(start, start + count));
  },
  "static string Join(char separator, params string[] value)": (separator: Value, values: NetArray) =>
    join(separator, iterate(values, "value")),
  "static string Join(char separator, params object[] values)": (separator: Value, values: NetArray) =>
    join(separator, iterate(values, "values")),
  "static string Join<T>(char separator, IEnumerable<T> values)": (separator: Value, values: Value) =>
    join(separator, iterate(values, "values")),
  "static string Concat(object arg0)": textOf,
  "static string Concat(object arg0, object arg1)": (a: Value, b: Value) => textOf(a) + textOf(b),
  "static string Concat(object arg0, object arg1, object arg2)": (a: Value, b: Value, c: Value) =>
    textOf(a) + textOf(b) + textOf(c),
  "static string Concat(params object[] args)": (args: NetArray) => join("", iterate(args, "args")),
  "static string Concat(string str0, string str1)": (a: Value, b: Value) => textOf(a) + textOf(b),
  "static string Concat(string str0, string str1, string str2)": (a: Value, b: Value, c: Value) =>
    textOf(a) + textOf(b) + textOf(c),
  "static string Concat(string str0, string str1, string str2, string str3)": (
    a: Value,
    b: Value,
    c: Value,
    d: Value,
  ) => textOf(a) + textOf(b) + textOf(c) + textOf(d),
  "static string Concat(params string[] values)": (values: NetArray) => join("", iterate(values, "values")),
  "static string Concat(IEnumerable<string> values)": (values: Value) => join("", iterate(values, "values")),
  "static string Concat<T>(IEnumerable<T> values)": (values: Value) => join("", iterate(values, "values")),
  "static string Format(string format, object arg0)": (format: string | null, a: Value) =>
    formatComposite(notNull(format, "format"), [a]),
  "static string Format(string format, object arg0, object arg1)": (format: string | null, a: Value, b: Value) =>
    formatComposite(notNull(format, "format"), [a, b]),
  "static string Format(string format, object arg0, object arg1, object arg2)": (
    format: string | null,
    a: Value,
    b: Value,
    c: Value,
  ) => formatComposite(notNull(format, "format"), [a, b, c]),
  "static string Format(string format, params object[] args)": (format: string | null, args: NetArray | null) =>
    formatComposite(notNull(format, "format"), notNull(args, "args").list),
  "static string Format(IFormatProvider provider, string format, params object[] args)": (
    _provider: Value,
    format: string | null,
    args: NetArray,
  ) => formatComposite(notNull(format, "format"), notNull(args, "args").list),
  "string Normalize()": (self: string) => self.normalize("NFC"),
  "static string Copy(string str)": (text: string | null) => notNull(text, "str"),
};
