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

const SECRET_NAME = /secret|password|base64|connectionstring|encryptionkey/i;
const LONGEST_SHOWN = 120;

/** How a found value is shown. Names of secrets decide, not their looks. */
export function shown(setting: string, value: unknown): string {
  if (value === undefined) return "nothing";
  if (SECRET_NAME.test(setting.split("__").at(-1) ?? "")) return "[redacted]";
  if (typeof value !== "string") return `settings below it (${Object.keys(Object(value)).join(", ")})`;
  return value.length > LONGEST_SHOWN ? `${JSON.stringify(value.slice(0, LONGEST_SHOWN))}...` : JSON.stringify(value);
}
