import { KNOWN_NAMES } from "./names.ts";

/** Settings by their parts: `A__B__0=x` is `{A: {B: {0: "x"}}}`. Null prototypes, since names come from outside. */
export interface SettingTree {
  [part: string]: string | SettingTree;
}

const SEPARATOR = "__";

/** Which settings are picked, and how they are spelt. */
export interface SettingNames {
  readonly sections: readonly string[];
  /** Sections whose second part is a name of the operator's own, kept as it is. */
  readonly sectionsOfEntries: readonly string[];
  readonly canonical: readonly string[];
}

/**
 * Picks the settings of the named sections out of the environment. As in .NET, whose names these are, case does not
 * matter; names come out in the spelling of `canonical`.
 */
export function settingTree(
  environment: Readonly<Record<string, string | undefined>>,
  { sections, sectionsOfEntries, canonical }: SettingNames,
  mistakes: ConfigIssue[],
): SettingTree {
  const spelling = new Map([...sections, ...canonical].map((name) => [name.toLowerCase(), name]));
  const root = emptyTree();
  for (const [name, value] of Object.entries(environment)) {
    const parts = name.split(SEPARATOR);
    const section = spelling.get(parts[0]?.toLowerCase() ?? "");
    if (value === undefined || parts.length < 2 || section === undefined || !sections.includes(section)) continue;
    const path = parts.map((part, depth) =>
      depth === 1 && sectionsOfEntries.includes(section) ? part : (spelling.get(part.toLowerCase()) ?? part),
    );
    if (value === "") {
      keepEntry(root, path);
      continue;
    }
    if (!insert(root, path, value)) {
      mistakes.push({
        setting: name,
        found: shown(name, value),
        expected: "each setting once, and a value either in itself or in settings below it",
      });
    }
  }
  return root;
}

export function emptyTree(): SettingTree {
  return Object.create(null) as SettingTree;
}

/** The least depth of an entry's number: below a section and one of its settings. */
const ENTRY_DEPTH = 2;

/**
 * An empty app setting is how portals and templates write "not set", and counts for nothing. Within a numbered entry it
 * says that there is such an entry: that is kept, for its schema to refuse. Dropped, it could take a whole list of
 * restrictions with it.
 */
function keepEntry(root: SettingTree, path: readonly string[]): void {
  const depth = path.findLastIndex((part, at) => at >= ENTRY_DEPTH && /^\d+$/.test(part));
  if (depth === path.length - 1) insert(root, path, "");
  else if (depth !== -1) branch(root, path.slice(0, depth + 1));
}

function insert(root: SettingTree, path: readonly string[], value: string): boolean {
  const node = branch(root, path.slice(0, -1));
  const last = path.at(-1) ?? "";
  if (node === undefined || node[last] !== undefined) return false;
  node[last] = value;
  return true;
}

/** The branch at a path, made where there was none; undefined where a value is in the way. */
function branch(root: SettingTree, path: readonly string[]): SettingTree | undefined {
  let node = root;
  for (const part of path) {
    const below = node[part] ?? emptyTree();
    if (typeof below === "string") return undefined;
    node[part] = below;
    node = below;
  }
  return node;
}

/** One thing wrong with the settings: which, what was found (secrets redacted), and what would be right. */
export interface ConfigIssue {
  readonly setting: string;
  readonly found: string;
  readonly expected: string;
}

/** Every mistake at once: nobody should have to deploy five times to find five of them. */
export class InvalidSettingsError extends Error {
  override readonly name = "InvalidSettingsError";
  readonly mistakes: readonly ConfigIssue[];

  constructor(mistakes: readonly ConfigIssue[]) {
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
