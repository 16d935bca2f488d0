import { unsupported } from "../errors.ts";

/** The invariant culture's order is the root collation of ICU, which Intl.Collator has too. */
const CASED = new Intl.Collator("und", { sensitivity: "variant" });
const UNCASED = new Intl.Collator("und", { sensitivity: "accent" });

/** StringComparison.InvariantCulture and CurrentCulture (the gateway runs under the invariant culture). */
export function compareCulture(a: string, b: string, ignoreCase: boolean): number {
  return Math.sign((ignoreCase ? UNCASED : CASED).compare(a, b));
}

/** Ordinal order, code unit by code unit; .NET gives the difference, callers use its sign. */
export function compareOrdinal(a: string, b: string, ignoreCase: boolean): number {
  const left = ignoreCase ? upperInvariant(a) : a;
  const right = ignoreCase ? upperInvariant(b) : b;
  return left < right ? -1 : Number(left > right);
}

/** ToUpperInvariant: one code unit to one code unit, as .NET maps case. */
export function upperInvariant(text: string): string {
  return mapCase(text, (part) => part.toUpperCase());
}

export function lowerInvariant(text: string): string {
  return mapCase(text, (part) => part.toLowerCase());
}

// Characters that JavaScript maps to several (ß), .NET's simple mapping leaves alone; so do both for dotless and dotted i.
function mapCase(text: string, map: (part: string) => string): string {
  if (/^\p{ASCII}*$/u.test(text)) return map(text);
  return [...text].map((part) => mapOne(part, map)).join("");
}

function mapOne(part: string, map: (part: string) => string): string {
  if (part === "\u0131" || part === "\u0130") return part;
  const mapped = map(part);
  return mapped.length === part.length ? mapped : part;
}

// Where culture-sensitive search could differ from ordinal search: characters that collation ignores or joins.
const COLLATES = /(?![\t-\r])[\p{C}\p{M}]/u;

/** Refuses text in which a culture-sensitive search could find something else than an ordinal one. */
export function requireOrdinalSearch(...texts: readonly string[]): void {
  if (texts.some((text) => COLLATES.test(text)))
    unsupported("a culture-sensitive search in text with special characters");
}
