import { z } from "zod";
import { azureAdSchema } from "./azureAdSchema.ts";
import { downstreamApisSchema } from "./downstreamApiSchema.ts";
import type { Mistake } from "./mistake.ts";
import { InvalidSettingsError, shown } from "./mistake.ts";
import { KNOWN_NAMES, SECTIONS } from "./names.ts";
import { nearest } from "./nearest.ts";
import type { Settings } from "./settings.ts";
import type { SettingTree } from "./settingTree.ts";
import { emptyTree, settingTree } from "./settingTree.ts";

export interface LoadOptions {
  /** How long one call may take at the most: what the host's functionTimeout leaves. */
  readonly longestCallMs: number;
}

/**
 * Reads and validates every setting of the app.
 * @throws InvalidSettingsError listing all mistakes, not the first one.
 */
export function loadSettings(
  environment: Readonly<Record<string, string | undefined>>,
  { longestCallMs }: LoadOptions,
): Settings {
  const mistakes: Mistake[] = [];
  const tree = settingTree(environment, SECTIONS, KNOWN_NAMES, mistakes);
  const schema = z.strictObject({ AzureAd: azureAdSchema, DownstreamApis: downstreamApisSchema(longestCallMs) });
  const result = schema.safeParse({ AzureAd: emptyTree(), ...tree });
  if (!result.success) mistakes.push(...result.error.issues.flatMap((issue) => mistakesOf(issue, tree)));
  if (!result.success || mistakes.length > 0) throw new InvalidSettingsError(mistakes);
  return deepFreeze({ azureAd: result.data.AzureAd, downstreamApis: result.data.DownstreamApis });
}

function mistakesOf(issue: z.core.$ZodIssue, tree: SettingTree): Mistake[] {
  const at = issue.path.map(String);
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => {
      const setting = [...at, key].join("__");
      const meant = nearest(key, KNOWN_NAMES);
      const hint = meant === undefined ? "" : `; did you mean ${[...at, meant].join("__")}?`;
      return {
        setting,
        found: shown(setting, valueAt(tree, [...at, key])),
        expected: `no setting of that name${hint}`,
      };
    });
  }
  const expected = issue.code === "invalid_key" ? (issue.issues[0]?.message ?? issue.message) : issue.message;
  const setting = at.join("__");
  return [{ setting, found: shown(setting, valueAt(tree, at)), expected }];
}

function valueAt(tree: SettingTree, path: readonly string[]): unknown {
  let node: string | SettingTree | undefined = tree;
  for (const part of path) node = typeof node === "object" ? node[part] : undefined;
  return node;
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  for (const below of Object.values(value)) deepFreeze(below);
  return Object.freeze(value);
}
