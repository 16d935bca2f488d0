import { type Digits, digitsOf, roundAtPoint, roundDigits } from "./digits.ts";
import { group } from "./standardFormat.ts";

interface Section {
  readonly before: readonly Piece[];
  readonly digitsBefore: number;
  readonly zerosBefore: number;
  readonly digitsAfter: number;
  readonly zerosAfter: number;
  readonly grouped: boolean;
  /** Power of ten the number is multiplied with: +2 for %, +3 for ‰, -3 for each comma before the point. */
  readonly power: number;
  readonly exponent: { readonly letter: string; readonly plus: boolean; readonly digits: number } | undefined;
}
type Piece =
  | { readonly literal: string }
  | { readonly digit: "0" | "#" }
  | { readonly point: true }
  | { readonly exponent: true };

const TOKEN = /\\(?<escaped>[\s\S])|'(?<quoted>[^']*)'?|"(?<doubled>[^"]*)"?|(?<exponent>[eE][+-]?0+)|(?<char>[\s\S])/g;

/** Formats by a custom numeric format string such as "#,##0.00;(0)". `digits` gives the number rounded as its type wants. */
export function formatCustom(number: Digits, format: string): string {
  const sections = splitSections(format);
  const first = sections[0] ?? "";
  const second = sections[1];
  const third = sections[2];
  const zero = number.digits === "";
  const chosen = zero && third ? third : number.negative && second ? second : first;
  const text = render(number, readSection(chosen), number.negative && chosen === first);
  // A number that rounds to nothing is formatted as zero is.
  if (!zero && third && text.zero)
    return render({ ...number, digits: "", negative: false }, readSection(third), false).text;
  if (number.negative && chosen === second && text.zero)
    return render({ ...number, digits: "", negative: false }, readSection(third || first), false).text;
  return text.text;
}

function splitSections(format: string): string[] {
  const sections = [""];
  for (const match of format.matchAll(TOKEN)) {
    if (match[0] === ";" && sections.length < 4) sections.push("");
    else sections[sections.length - 1] += match[0];
  }
  return sections;
}

function readSection(text: string): Section {
  const pieces: Piece[] = [];
  const kinds: ("0" | "#")[] = [];
  let point = -1;
  let power = 0;
  let commas = 0;
  let grouped = false;
  let exponent: Section["exponent"];
  for (const match of text.matchAll(TOKEN)) {
    const groups = match.groups ?? {};
    const char = groups.char;
    if (char === "0" || char === "#") {
      if (commas > 0 && point < 0 && kinds.length > 0) grouped = true;
      commas = 0;
      kinds.push(char);
      pieces.push({ digit: char });
    } else if (char === ",") {
      if (kinds.length > 0 && point < 0) commas++;
    } else if (char === ".") {
      if (point < 0) {
        point = kinds.length;
        power -= 3 * commas;
        commas = 0;
        pieces.push({ point: true });
      }
    } else if (groups.exponent !== undefined && exponent === undefined && kinds.length > 0) {
      const [letter = "E"] = groups.exponent;
      exponent = { letter, plus: groups.exponent.includes("+"), digits: groups.exponent.replace(/[^0]/g, "").length };
      pieces.push({ exponent: true });
    } else {
      if (char === "%") power += 2;
      if (char === "‰") power += 3;
      pieces.push({ literal: groups.escaped ?? groups.quoted ?? groups.doubled ?? match[0] });
    }
  }
  if (point < 0) power -= 3 * commas;
  const split = point < 0 ? kinds.length : point;
  const firstZero = kinds.slice(0, split).indexOf("0");
  const lastZero = kinds.slice(split).lastIndexOf("0");
  return {
    before: pieces,
    digitsBefore: split,
    zerosBefore: firstZero < 0 ? 0 : split - firstZero,
    digitsAfter: kinds.length - split,
    zerosAfter: lastZero + 1,
    grouped,
    power,
    exponent,
  };
}

function render(number: Digits, section: Section, signed: boolean): { readonly text: string; readonly zero: boolean } {
  const scaled = { ...number, point: number.digits === "" ? 0 : number.point + section.power };
  let exponent = 0;
  let digits: Digits;
  if (section.exponent === undefined) digits = roundAtPoint(scaled, section.digitsAfter);
  else {
    digits = roundDigits(scaled, section.digitsBefore + section.digitsAfter);
    exponent = digits.digits === "" ? 0 : digits.point - section.digitsBefore;
    if (digits.digits !== "") digits = { ...digits, point: section.digitsBefore };
  }
  const zero = digits.digits === "";
  const whole = wholePart(digits, section);
  const fraction = fractionPart(digits, section);
  return { text: (signed && !zero ? "-" : "") + place(whole, fraction, section, exponent), zero };
}

function wholePart(digits: Digits, section: Section): string {
  const text = digits.point <= 0 ? "" : digits.digits.slice(0, digits.point).padEnd(digits.point, "0");
  const padded = text.padStart(section.zerosBefore, "0");
  return section.grouped ? group(padded) : padded;
}

function fractionPart(digits: Digits, section: Section): string {
  const text = digits.point < 0 ? "0".repeat(-digits.point) + digits.digits : digits.digits.slice(digits.point);
  return (digits.digits === "" ? "" : text)
    .slice(0, section.digitsAfter)
    .replace(/0+$/, "")
    .padEnd(section.zerosAfter, "0");
}

// Literals may stand between digit places: the last places take one digit each, the first takes all that are left over.
function place(whole: string, fraction: string, section: Section, exponent: number): string {
  let result = "";
  let place = 0;
  let used = 0;
  let afterPoint = false;
  for (const piece of section.before) {
    if ("literal" in piece) result += piece.literal;
    else if ("point" in piece) {
      afterPoint = true;
      if (fraction !== "") result += ".";
    } else if ("exponent" in piece) result += exponentText(section, exponent);
    else if (afterPoint) {
      result += fraction.charAt(place - section.digitsBefore);
      place++;
    } else {
      place++;
      const until = keepForLater(whole, section.digitsBefore - place);
      result += whole.slice(used, Math.max(until, used));
      used = Math.max(until, used);
    }
  }
  return result;
}

// Index in `whole` after which exactly `later` digits (commas not counted) remain.
function keepForLater(whole: string, later: number): number {
  let left = later;
  let at = whole.length;
  while (at > 0 && left > 0) {
    at--;
    if (whole.charAt(at) !== ",") left--;
  }
  while (at > 0 && left === 0 && later > 0 && whole.charAt(at - 1) === ",") break;
  return at;
}

function exponentText({ exponent }: Section, value: number): string {
  if (exponent === undefined) return "";
  const mark = value < 0 ? "-" : exponent.plus ? "+" : "";
  return exponent.letter + mark + Math.abs(value).toString().padStart(exponent.digits, "0");
}

/** Digits of an integer, for a custom format. */
export function integerForCustom(value: bigint): Digits {
  return digitsOf(value);
}
