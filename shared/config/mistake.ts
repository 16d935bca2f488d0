import { KNOWN_NAMES } from "./names.ts";

/** One thing wrong with the settings: which, what was found (secrets redacted), and what would be right. */
export interface Mistake {
  readonly setting: string;
  readonly found: string;
  readonly expected: string;
}

/** Every mistake at once: nobody should have to deploy five times to find five of them. */
export class InvalidSettingsError extends Error {
  override readonly name = "InvalidSettingsError";
  readonly mistakes: readonly Mistake[];

  constructor(mistakes: readonly Mistake[]) {
    const lines = mistakes.map(({ setting, found, expected }) => `  ${setting}: found ${found}, expected ${expected}`);
    const count = mistakes.length === 1 ? "1 setting is wrong" : `${mistakes.length} settings are wrong`;
    super(`${count}:\n${lines.join("\n")}`);
    this.mistakes = mistakes;
  }
}

/** `Url` alone is Redis's, which may hold a password that nobody escaped; `Value` an encryption key. */
const SECRET_NAME =
  /secret|password|base64|credentials$|^url$|^value$|^encryptionkeys$|^redis$|^extraheaderparameters$/i;
/** Below it the operator gives the names, and any of the values may be a key. */
const SECRETS_BELOW = /__extraheaderparameters__/i;
const LONGEST_SHOWN = 120;
/** In the place of a value that may be a secret. */
export const REDACTED = "[redacted]";
const SHOWN = new Set(KNOWN_NAMES.filter((name) => !SECRET_NAME.test(name)).map((name) => name.toLowerCase()));

/**
 * How a found value is shown. Names decide, not looks: only a setting known to hold no secret shows its value, for a
 * secret under a misspelt name is still one. Of a URL, neither the user nor the query shows.
 */
export function shown(setting: string, value: unknown): string {
  if (value === undefined) return "nothing";
  if (typeof value !== "string") return `settings below it (${Object.keys(Object(value)).join(", ")})`;
  const name = setting.split("__").findLast((part) => !/^\d+$/.test(part)) ?? "";
  if (!SHOWN.has(name.toLowerCase()) || SECRETS_BELOW.test(setting)) return REDACTED;
  const harmless = value.replace(/\/\/[^/?#]*@/, `//${REDACTED}@`).replace(/\?.*/s, `?${REDACTED}`);
  return harmless.length > LONGEST_SHOWN
    ? `${JSON.stringify(harmless.slice(0, LONGEST_SHOWN))}...`
    : JSON.stringify(harmless);
}
