import type { MemberTable } from "../model/definition.ts";
import type { NetArray } from "../runtime/collection.ts";
import { raise } from "../runtime/exception.ts";
import type { Char } from "../runtime/number.ts";
import type { EnumValue } from "../runtime/objects.ts";
import { trimWhiteSpace } from "./stringTrim.ts";
import { charsOf, stringArray } from "./support.ts";

/** StringSplitOptions' members. */
export const SPLIT_OPTIONS = { None: 0, RemoveEmptyEntries: 1, TrimEntries: 2 };

function split(text: string, separators: readonly string[], limit: number, options: number): NetArray {
  const usable = separators.filter((separator) => separator !== "");
  const pieces: string[] = [];
  const trim = (piece: string): string => ((options & SPLIT_OPTIONS.TrimEntries) !== 0 ? trimWhiteSpace(piece) : piece);
  const keep = (piece: string): boolean => (options & SPLIT_OPTIONS.RemoveEmptyEntries) === 0 || piece !== "";
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
  if (pieces.length === limit - 1 && (options & SPLIT_OPTIONS.RemoveEmptyEntries) !== 0)
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

export const stringSplit: MemberTable = {
  "string[] Split(params char[] separator)": (self: string, separators: NetArray | null) =>
    split(self, charsOf(separators), Number.MAX_SAFE_INTEGER, 0),
  "string[] Split(char[] separator, int count)": (self: string, separators: NetArray | null, count: number) =>
    split(self, charsOf(separators), count, 0),
  "string[] Split(char[] separator, StringSplitOptions options)": (
    self: string,
    separators: NetArray | null,
    options: EnumValue,
  ) => split(self, charsOf(separators), Number.MAX_SAFE_INTEGER, options.value),
  "string[] Split(char[] separator, int count, StringSplitOptions options)": (
    self: string,
    separators: NetArray | null,
    count: number,
    options: EnumValue,
  ) => split(self, charsOf(separators), count, options.value),
  "string[] Split(string[] separator, StringSplitOptions options)": (
    self: string,
    separators: NetArray | null,
    options: EnumValue,
  ) => split(self, charsOf(separators), Number.MAX_SAFE_INTEGER, options.value),
  "string[] Split(string[] separator, int count, StringSplitOptions options)": (
    self: string,
    separators: NetArray | null,
    count: number,
    options: EnumValue,
  ) => split(self, charsOf(separators), count, options.value),
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
};
