import { refuse } from "../errors.ts";
import type { LiteralType } from "./ast.ts";
import type { Token } from "./token.ts";

const INTEGER = /(?:0[xX]_*([0-9a-fA-F][0-9a-fA-F_]*)|0[bB]_*([01][01_]*)|([0-9][0-9_]*))([uU][lL]?|[lL][uU]?)?/y;
const REAL =
  /(?:(?:[0-9][0-9_]*)?\.[0-9][0-9_]*(?:[eE][+-]?[0-9_]+)?|[0-9][0-9_]*[eE][+-]?[0-9_]+)([fFdDmM])?|[0-9][0-9_]*([fFdDmM])/y;

const SUFFIX_TYPES: Record<string, LiteralType> = { f: "float", d: "double", m: "decimal" };

/** A numeric literal. Reals keep their text: a decimal's scale and a double's rounding are decided later. */
export function readNumber(source: string, at: number): Token {
  const hexadecimal = /^0[xXbB]/.test(source.slice(at, at + 2));
  REAL.lastIndex = at;
  const real = hexadecimal ? null : REAL.exec(source);
  if (real !== null) {
    const suffix = (real[1] ?? real[2] ?? "d").toLowerCase();
    const digits = real[0].replace(/[fFdDmM]$/, "").replaceAll("_", "");
    return finish(source, at, real[0], SUFFIX_TYPES[suffix] ?? "double", digits);
  }
  INTEGER.lastIndex = at;
  const integer = INTEGER.exec(source);
  if (integer === null) refuse("malformed number", source.slice(at, at + 10), at);
  const [text, hex, binary, decimal, suffix] = integer;
  const clean = (digits: string) => digits.replaceAll("_", "");
  const value = BigInt(
    hex !== undefined ? `0x${clean(hex)}` : binary !== undefined ? `0b${clean(binary)}` : clean(decimal ?? "0"),
  );
  return finish(source, at, text, integerType(value, (suffix ?? "").toLowerCase(), at), value);
}

function integerType(value: bigint, suffix: string, at: number): LiteralType {
  if (value > 0xffff_ffff_ffff_ffffn) refuse("integral constant is too large", value.toString(), at);
  const unsigned = suffix.includes("u");
  const long = suffix.includes("l");
  if (!long && !unsigned && value <= 0x7fff_ffffn) return "int";
  if (!long && value <= 0xffff_ffffn) return "uint";
  if (!unsigned && value <= 0x7fff_ffff_ffff_ffffn) return "long";
  return "ulong";
}

function finish(source: string, at: number, text: string, type: LiteralType, value: string | bigint): Token {
  const end = at + text.length;
  if (/[\p{L}\p{Nd}_]/u.test(source.charAt(end))) refuse("malformed number", source.slice(at, end + 1), at);
  return { kind: "literal", text, start: at, end, literal: { type, value } };
}
