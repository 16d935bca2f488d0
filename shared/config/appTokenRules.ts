import type * as z from "zod/mini";
import type { PrefixScopes } from "./settings.ts";

/** An id that ends in a slash keeps it, as that of Azure's management does: https://management.azure.com//.default. */
const DEFAULT_SCOPE = /^[^/].*\/\.default$/;
const SCOPES_EXPECTED =
  "with RequestAppToken exactly one scope, the API's <app id URI>/.default: an app gets all that it was granted, of one API";
const PREFIXES_EXPECTED = "nothing with RequestAppToken: an app's token is the same for all paths";

interface ScopesOf {
  readonly RequestAppToken: boolean;
  readonly Scopes: readonly string[];
  readonly ScopesByPrefix: readonly PrefixScopes[];
}

/** The client credentials grant takes `<resource>/.default` and nothing else (Microsoft, "client credentials flow"). */
export function appTokenRules({ value, issues }: z.core.ParsePayload<ScopesOf>): void {
  if (!value.RequestAppToken) return;
  if (value.Scopes.length !== 1 || !DEFAULT_SCOPE.test(value.Scopes[0] ?? "")) {
    issues.push({ code: "custom", input: value.Scopes, path: ["Scopes"], message: SCOPES_EXPECTED });
  }
  if (value.ScopesByPrefix.length > 0) {
    issues.push({ code: "custom", input: value.ScopesByPrefix, path: ["ScopesByPrefix"], message: PREFIXES_EXPECTED });
  }
}
