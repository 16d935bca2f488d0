import * as z from "zod/mini";
import { Secret } from "../secret.ts";

const MS_PER_SECOND = 1000;
const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** ASCII's white space, which may surround values. Any other kind comes from a copy out of a document. */
const SPACES = "[ \\t\\r\\n]";
const WORD_END = new RegExp(`${SPACES}+`);
/** Characters that an editor does not show: controls, other spaces, zero-width characters, the byte order mark. */
const INVISIBLE = new RegExp(`(?!${SPACES})[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Z}\\p{DI}\\u2800]`, "u");

/** One setting: `parse` gives undefined for what is not `expected`, and that text is what the operator reads. */
export function setting<T>(expected: string, parse: (text: string) => T | undefined) {
  return z.pipe(
    z.custom<string>((value) => typeof value === "string", { error: expected }),
    z.transform((text: string, context) => {
      const [invisible] = INVISIBLE.exec(text) ?? [];
      const value = invisible === undefined ? parse(text.trim()) : undefined;
      if (value !== undefined) return value;
      const message = invisible === undefined ? expected : `${expected}, without the invisible ${codePoint(invisible)}`;
      context.issues.push({ code: "custom", message, input: text });
      return z.NEVER;
    }),
  );
}

function codePoint(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
}

export const text = (expected: string) => setting(expected, (value) => (value === "" ? undefined : value));

/** What the platform leaves in place of a secret that it could not read (learn.microsoft.com/azure/app-service/app-service-key-vault-references). */
const UNRESOLVED = /^@Microsoft\.(?:KeyVault|AppConfiguration)\(/i;
const RESOLVED_EXPECTED =
  "the secret itself: the platform could not read this reference. See that the secret is there and that the app's identity may read it, then restart the app";

export const resolved = z.refine<Secret>((secret) => !UNRESOLVED.test(secret.reveal()), { error: RESOLVED_EXPECTED });

export const secret = (expected: string) =>
  setting(expected, (value) => (value === "" ? undefined : new Secret(value))).check(resolved);

export const guid = (expected: string) =>
  setting(expected, (value) => (isGuid(value) ? value.toLowerCase() : undefined));

export const flag = () =>
  setting("true or false", (value) => {
    const lower = value.toLowerCase();
    return lower === "true" || lower === "false" ? lower === "true" : undefined;
  });

/** Seconds in the settings (decimals allowed), milliseconds in the app. */
export const seconds = (least: number, most: number) =>
  setting(`a number of seconds from ${least} to ${most}`, (value) => {
    const number = /^\d+(\.\d+)?$/.test(value) ? Number(value) : Number.NaN;
    return number >= least && number <= most ? Math.round(number * MS_PER_SECOND) : undefined;
  });

export const wholeNumber = (least: number, most: number) =>
  setting(`a whole number from ${least} to ${most}`, (value) => {
    const number = /^\d{1,15}$/.test(value) ? Number(value) : Number.NaN;
    return number >= least && number <= most ? number : undefined;
  });

/** An absolute URL without user, query or fragment. https, but for an address of this machine itself. */
export const url = (expected: string) =>
  setting(expected, (value) => {
    const parsed = URL.parse(value);
    if (parsed === null || parsed.username !== "" || parsed.password !== "" || /[?#]/.test(value)) return undefined;
    return parsed.protocol === "https:" || (parsed.protocol === "http:" && isLoopback(parsed.hostname))
      ? parsed
      : undefined;
  });

const NUMBERED = "values numbered __0, __1, ... without a gap, or one text with spaces between them";
const BLANK = "at least one value: blank does not mean any. Delete the setting for that";
const ONE_VALUE =
  "one value, without spaces, commas, semicolons, quotes and brackets; several are numbered __0, __1, ..., or in one text with spaces between them";
const SEPARATORS = /[ \t\r\n,;"[\]]/;

interface ListOptions {
  readonly expected?: string;
  /** What shows that an item is several values. Default: anything that lists are written with elsewhere. */
  readonly separators?: RegExp;
}

/**
 * Several values: `Name__0`, `Name__1`, ..., or one text with spaces between them. Never an empty list: most lists
 * restrict, and of a restriction that was meant and lost the operator would never hear.
 */
export function list<T>(item: z.ZodMiniType<T, unknown>, { expected, separators }: ListOptions = {}) {
  return z.pipe(
    z.transform((value) => (typeof value === "string" ? words(value) : byIndex(value))),
    z.array(one(item, separators), { error: expected ?? NUMBERED }).check(z.minLength(1, { error: expected ?? BLANK })),
  );
}

/** Refuses several values in the place of one: `a,b`, `["a","b"]`. */
export function one<T>(item: z.ZodMiniType<T, unknown>, separators = SEPARATORS) {
  return z.pipe(
    z.transform((value: unknown, context) => {
      if (typeof value !== "string" || !separators.test(value.trim())) return value;
      context.issues.push({ code: "custom", message: ONE_VALUE, input: value });
      return z.NEVER;
    }),
    item,
  );
}

/** What a text with spaces between its values lists. */
export function words(text: string): string[] {
  return text.split(WORD_END).filter((word) => word !== "");
}

/** `{0: a, 1: b}` as `[a, b]`; anything else as it is, for the schema to refuse. */
export function byIndex(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  const keys = Object.keys(value).sort((a, b) => Number(a) - Number(b));
  return keys.every((key, index) => key === String(index)) ? Object.values(value) : value;
}

export function isGuid(value: string): boolean {
  return GUID.test(value);
}

/** Whether a host is this machine itself. */
export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d{1,3}){3}$/.test(hostname);
}
