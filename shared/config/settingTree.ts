import type { Mistake } from "./mistake.ts";
import { shown } from "./mistake.ts";

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
  mistakes: Mistake[],
): SettingTree {
  const spelling = new Map([...sections, ...canonical].map((name) => [name.toLowerCase(), name]));
  const root = emptyTree();
  for (const [name, value] of Object.entries(environment)) {
    const parts = name.split(SEPARATOR);
    const section = spelling.get(parts[0]?.toLowerCase() ?? "");
    // An empty app setting is how portals and templates write "not set".
    if (value === undefined || value === "" || parts.length < 2 || section === undefined || !sections.includes(section))
      continue;
    const path = parts.map((part, depth) =>
      depth === 1 && sectionsOfEntries.includes(section) ? part : (spelling.get(part.toLowerCase()) ?? part),
    );
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

function insert(root: SettingTree, path: readonly string[], value: string): boolean {
  let node = root;
  for (const part of path.slice(0, -1)) {
    const below = node[part] ?? emptyTree();
    if (typeof below === "string") return false;
    node[part] = below;
    node = below;
  }
  const last = path.at(-1) ?? "";
  if (node[last] !== undefined) return false;
  node[last] = value;
  return true;
}
