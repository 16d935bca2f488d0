import { loadSettings } from "../../../shared/config/loadSettings.ts";
import type { Settings } from "../../../shared/config/settings.ts";
import type { ConfigIssue } from "../../../shared/config/settingTree.ts";
import { InvalidSettingsError } from "../../../shared/config/settingTree.ts";

export const TENANT = "0a1b2c3d-1111-4111-8111-00000000000a";
export const OTHER_TENANT = "0a1b2c3d-2222-4222-8222-00000000000b";
export const CLIENT_ID = "0a1b2c3d-3333-4333-8333-00000000000c";
export const LONGEST_CALL_MS = 290_000;

/** What is said of a value that is not shown. */
export const HIDDEN = "[redacted]";

export type Environment = Readonly<Record<string, string | undefined>>;

/** The least that is valid. */
export const VALID: Environment = {
  AzureAd__TenantId: TENANT,
  AzureAd__ClientId: CLIENT_ID,
  AzureAd__ClientCredentials__0__SourceType: "ClientSecret",
  AzureAd__ClientCredentials__0__ClientSecret: "hunter2",
  DownstreamApis__graph__BaseUrl: "https://graph.microsoft.com/v1.0",
  DownstreamApis__graph__Scopes: "https://graph.microsoft.com/User.Read",
};

/** The least that is valid, but for these settings; undefined takes one away. */
export function load(changes: Environment = {}): Settings {
  return loadSettings({ ...VALID, ...changes }, { longestCallMs: LONGEST_CALL_MS });
}

export function mistakesOf(environment: Environment): readonly ConfigIssue[] {
  try {
    loadSettings(environment, { longestCallMs: LONGEST_CALL_MS });
  } catch (error) {
    if (error instanceof InvalidSettingsError) return error.mistakes;
    throw error;
  }
  return [];
}

/** What is wrong with the least that is valid, when changed so. */
export function mistakes(changes: Environment): readonly ConfigIssue[] {
  return mistakesOf({ ...VALID, ...changes });
}
