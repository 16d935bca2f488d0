import * as z from "zod/mini";
import { almostSettings } from "./almostSettings.ts";
import { azureAdSchema } from "./azureAdSchema.ts";
import { downstreamApisSchema } from "./downstreamApiSchema.ts";
import { gatewaySchema } from "./gatewaySchema.ts";
import { IGNORED_NAMES, KNOWN_NAMES, meant, SECTIONS, SECTIONS_OF_ENTRIES } from "./names.ts";
import type { AzureAdSettings, GatewaySettings, Settings } from "./settings.ts";
import type { ConfigIssue, SettingTree } from "./settingTree.ts";
import { emptyTree, InvalidSettingsError, settingTree, shown } from "./settingTree.ts";
import { tokenCacheSchema } from "./tokenCacheSchema.ts";
import { isGuid, words } from "./values.ts";

export interface LoadOptions {
  /** How long one call may take at the most: what the host's functionTimeout leaves. */
  readonly longestCallMs: number;
}

const NAMES = {
  sections: SECTIONS,
  sectionsOfEntries: SECTIONS_OF_ENTRIES,
  canonical: [...KNOWN_NAMES, ...IGNORED_NAMES],
};

/**
 * Reads and validates every setting of the app.
 * @throws InvalidSettingsError listing all mistakes, not the first one.
 */
export function loadSettings(
  environment: Readonly<Record<string, string | undefined>>,
  { longestCallMs }: LoadOptions,
): Settings {
  const mistakes: ConfigIssue[] = [];
  const tree = settingTree(environment, NAMES, mistakes);
  const apis = Object.keys(tree.DownstreamApis ?? {});
  mistakes.push(...almostSettings(environment, apis));
  const schema = z
    .strictObject({
      AzureAd: azureAdSchema,
      Gateway: gatewaySchema(apis),
      TokenCache: tokenCacheSchema,
      DownstreamApis: downstreamApisSchema(longestCallMs),
    })
    .check(
      z.refine(
        ({ AzureAd, Gateway }) => Gateway.authentication === "none" || homeTenant(AzureAd, Gateway) !== undefined,
        {
          path: ["Gateway", "TenantId"],
          error: "the gateway's tenant (GUID): AzureAd__TenantId names none, and Gateway__Authentication is entra",
          // What is wrong within a section decides first: a section that failed says nothing here.
          when: ({ issues }) => issues.length === 0,
        },
      ),
    );
  const result = schema.safeParse({ AzureAd: emptyTree(), Gateway: emptyTree(), TokenCache: emptyTree(), ...tree });
  if (!result.success) mistakes.push(...result.error.issues.flatMap((issue) => mistakesOf(issue, tree)));
  if (!result.success || mistakes.length > 0) throw new InvalidSettingsError(mistakes);
  const { AzureAd: azureAd, TokenCache: tokenCache, DownstreamApis: downstreamApis } = result.data;
  const gateway = { ...result.data.Gateway, tenantId: homeTenant(azureAd, result.data.Gateway) };
  return deepFreeze({ azureAd, gateway, tokenCache, downstreamApis });
}

/** The tenant of the gateway's own token. With several tenants of users nothing but the setting can tell it. */
function homeTenant(azureAd: AzureAdSettings, gateway: GatewaySettings): string | undefined {
  return gateway.tenantId ?? (isGuid(azureAd.tenantId) ? azureAd.tenantId : undefined);
}

function mistakesOf(issue: z.core.$ZodIssue, tree: SettingTree): ConfigIssue[] {
  const at = issue.path.map(String);
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => {
      const hint = meant(at.join("__"), key);
      const expected = `no setting of that name${hint === undefined ? "" : `; did you mean ${hint}?`}`;
      return { ...foundAt(tree, [...at, key]), expected };
    });
  }
  const expected = issue.code === "invalid_key" ? (issue.issues[0]?.message ?? issue.message) : issue.message;
  return [{ ...foundAt(tree, at), expected }];
}

/** The setting at a path, as it was written: what is wrong with one of several values stands in the text that lists them. */
function foundAt(tree: SettingTree, path: readonly string[]): Omit<ConfigIssue, "expected"> {
  let node: string | SettingTree | undefined = tree;
  for (const [depth, part] of path.entries()) {
    if (typeof node === "string") return found(path.slice(0, depth), words(node)[Number(part)] ?? node);
    node = node?.[part];
  }
  return found(path, node);
}

function found(path: readonly string[], value: unknown): Omit<ConfigIssue, "expected"> {
  const setting = path.join("__");
  return { setting, found: shown(setting, value) };
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  for (const below of Object.values(value)) deepFreeze(below);
  return Object.freeze(value);
}
