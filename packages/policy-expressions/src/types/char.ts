import { unsupported } from "../errors.ts";
import type { TypeDefinition } from "../model/definition.ts";
import { lowerInvariant, upperInvariant } from "../runtime/culture.ts";
import { notNull, raise } from "../runtime/exception.ts";
import { Char, Float } from "../runtime/number.ts";
import type { OutCell } from "../runtime/objects.ts";

const CLASSES = {
  IsDigit: /^\p{Nd}$/u,
  IsLetter: /^\p{L}$/u,
  IsLetterOrDigit: /^[\p{L}\p{Nd}]$/u,
  IsNumber: /^\p{N}$/u,
  IsUpper: /^\p{Lu}$/u,
  IsLower: /^\p{Ll}$/u,
  IsPunctuation: /^\p{P}$/u,
  IsSymbol: /^\p{S}$/u,
  IsSeparator: /^\p{Z}$/u,
  IsControl: /^\p{Cc}$/u,
  IsWhiteSpace: /^[\p{Z}\t-\r\u0085]$/u,
  IsSurrogate: /^[\ud800-\udfff]$/u,
};

function charAt(text: string | null, index: number): Char {
  const known = notNull(text, "s");
  return index < 0 || index >= known.length ? raise("ArgumentOutOfRangeException") : new Char(known.charCodeAt(index));
}

const classified = Object.fromEntries(
  Object.entries(CLASSES).flatMap(([name, pattern]) => [
    [`static bool ${name}(char c)`, (char: Char) => pattern.test(char.toText())],
    [
      `static bool ${name}(string s, int index)`,
      (text: string | null, index: number) => pattern.test(charAt(text, index).toText()),
    ],
  ]),
);

export const charTypes: readonly TypeDefinition[] = [
  {
    namespace: "System",
    name: "Char",
    kind: "struct",
    interfaces: ["IComparable", "IFormattable"],
    members: {
      ...classified,
      "const char MinValue": () => new Char(0),
      "const char MaxValue": () => new Char(0xffff),
      "static char ToUpper(char c)": (char: Char) => Char.of(upperInvariant(char.toText())),
      "static char ToLower(char c)": (char: Char) => Char.of(lowerInvariant(char.toText())),
      "static char ToUpperInvariant(char c)": (char: Char) => Char.of(upperInvariant(char.toText())),
      "static char ToLowerInvariant(char c)": (char: Char) => Char.of(lowerInvariant(char.toText())),
      "static string ToString(char c)": (char: Char) => char.toText(),
      "static char Parse(string s)": (text: string | null) =>
        notNull(text, "s").length === 1
          ? Char.of(text ?? "")
          : raise("FormatException", "String must be exactly one character long."),
      "static bool TryParse(string s, out char result)": (text: string | null, out: OutCell) => {
        const ok = text?.length === 1;
        out.value = ok ? Char.of(text ?? "") : new Char(0);
        return ok;
      },
      "static double GetNumericValue(char c)": (char: Char) => {
        const text = char.toText();
        if (/^[0-9]$/.test(text)) return Float.double(Number(text));
        return /^\p{N}$/u.test(text) ? unsupported("the numeric value of this character") : Float.double(-1);
      },
      "static bool IsAsciiDigit(char c)": (char: Char) => /^[0-9]$/.test(char.toText()),
      "static bool IsAsciiLetter(char c)": (char: Char) => /^[A-Za-z]$/.test(char.toText()),
      "static bool IsAsciiLetterOrDigit(char c)": (char: Char) => /^[A-Za-z0-9]$/.test(char.toText()),
      "static string ConvertFromUtf32(int utf32)": (code: number) =>
        code < 0 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)
          ? raise("ArgumentOutOfRangeException")
          : String.fromCodePoint(code),
      "string ToString()": (self: Char) => self.toText(),
      "bool Equals(char obj)": (self: Char, other: Char) => self.code === other.code,
      "int CompareTo(char value)": (self: Char, other: Char) => self.code - other.code,
    },
  },
];
