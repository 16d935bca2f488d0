import type { MemberTable } from "../model/definition.ts";
import type { NetArray } from "../runtime/collection.ts";
import type { Char } from "../runtime/number.ts";
import { charsOf } from "./support.ts";

function trimWith(text: string, set: readonly string[], start: boolean, end: boolean): string {
  const isTrimmed = (char: string): boolean =>
    set.length === 0 ? /[\s\x85]/.test(char) && char !== "\ufeff" : set.includes(char);
  let [from, to] = [0, text.length];
  while (start && from < to && isTrimmed(text.charAt(from))) from++;
  while (end && to > from && isTrimmed(text.charAt(to - 1))) to--;
  return text.slice(from, to);
}

/** String.Trim(): char.IsWhiteSpace decides, to which a byte order mark is none. */
export const trimWhiteSpace = (text: string): string => trimWith(text, [], true, true);

export const stringTrim: MemberTable = {
  "string Trim()": trimWhiteSpace,
  "string Trim(char trimChar)": (self: string, char: Char) => trimWith(self, [char.toText()], true, true),
  "string Trim(params char[] trimChars)": (self: string, set: NetArray | null) =>
    trimWith(self, charsOf(set), true, true),
  "string TrimStart()": (self: string) => trimWith(self, [], true, false),
  "string TrimStart(char trimChar)": (self: string, char: Char) => trimWith(self, [char.toText()], true, false),
  "string TrimStart(params char[] trimChars)": (self: string, set: NetArray | null) =>
    trimWith(self, charsOf(set), true, false),
  "string TrimEnd()": (self: string) => trimWith(self, [], false, true),
  "string TrimEnd(char trimChar)": (self: string, char: Char) => trimWith(self, [char.toText()], false, true),
  "string TrimEnd(params char[] trimChars)": (self: string, set: NetArray | null) =>
    trimWith(self, charsOf(set), false, true),
};
