import type { LiteralType } from "./ast.ts";

/** A piece of an interpolated string: literal text, or the source range of a hole. */
export type InterpolationPart =
  | { readonly kind: "text"; readonly text: string }
  | {
      readonly kind: "hole";
      readonly start: number;
      readonly end: number;
      readonly format: string | undefined;
      readonly alignment: { readonly start: number; readonly end: number } | undefined;
    };

export interface Token {
  readonly kind: "identifier" | "keyword" | "literal" | "interpolated" | "operator" | "end";
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly literal?: { readonly type: LiteralType; readonly value: string | number | bigint };
  readonly parts?: readonly InterpolationPart[];
}

/** C# 7.3 reserved words: all of them, so that one used as a name is refused rather than misread. */
export const KEYWORDS: ReadonlySet<string> = new Set(
  (
    "abstract as base bool break byte case catch char checked class const continue decimal default delegate do double " +
    "else enum event explicit extern false finally fixed float for foreach goto if implicit in int interface internal is " +
    "lock long namespace new null object operator out override params private protected public readonly ref return sbyte " +
    "sealed short sizeof stackalloc static string struct switch this throw true try typeof uint ulong unchecked unsafe " +
    "ushort using virtual void volatile while"
  ).split(" "),
);

/** Keywords that name a type, and the type. */
export const PREDEFINED_TYPES: ReadonlyMap<string, string> = new Map([
  ["bool", "System.Boolean"],
  ["byte", "System.Byte"],
  ["sbyte", "System.SByte"],
  ["short", "System.Int16"],
  ["ushort", "System.UInt16"],
  ["int", "System.Int32"],
  ["uint", "System.UInt32"],
  ["long", "System.Int64"],
  ["ulong", "System.UInt64"],
  ["char", "System.Char"],
  ["float", "System.Single"],
  ["double", "System.Double"],
  ["decimal", "System.Decimal"],
  ["string", "System.String"],
  ["object", "System.Object"],
]);
