import type { LocalAzure } from "./azure.ts";

/** What runs, for people (as a table) and for scripts (as JSON). */
export interface Running {
  /** Base address of the API that clients call: API Management's, or the function app's own with `--direct`. */
  readonly api: string;
  readonly addresses: {
    /** API Management; absent with `--direct`. */
    readonly gateway?: string;
    readonly functions: string;
    readonly entra: string;
    readonly keyVault: string;
    /** Plain HTTP, as in App Service; its callers must know a header that only the app is given. */
    readonly managedIdentity: string;
    readonly profile: string;
    readonly ledger: string;
  };
  /** The CA's certificate: what a client must trust to talk to all but the functions. */
  readonly caFile: string;
  readonly tenantId: string;
  readonly gateway: { readonly clientId: string; readonly scope: string };
  readonly client: { readonly clientId: string };
  readonly users: readonly {
    readonly name: string;
    readonly userPrincipalName: string;
    readonly objectId: string;
    readonly password: string;
    readonly note: string;
  }[];
  /** How to get token A: one request that answers with nothing but the token, or Entra ID's own protocol. */
  readonly tokenA: {
    /** GET; add `&claims=<JSON>` to sign in with claims. `{user}` is a name of `users`. */
    readonly url: string;
    /** POST, form-encoded (resource owner password credentials). */
    readonly tokenEndpoint: string;
  };
  readonly downstreamApis: readonly string[];
  /** A line that works when pasted: a call as Alice, with a fresh token A. */
  readonly curl: string;
}

export function describeRunning(azure: LocalAzure, functionsUrl: string, gatewayUrl: string | undefined): Running {
  const { seed, entra, keyVault, managedIdentity, profile, ledger, caFile } = azure;
  const { alice, bob, carol, dave } = seed.users;
  const api = gatewayUrl === undefined ? `${functionsUrl}/api` : `${gatewayUrl}/obo`;
  const tokenUrl = `${entra.url}/local/token?user={user}`;
  const user = (of: typeof alice, note: string): Running["users"][number] => ({
    name: of.displayName.toLowerCase(),
    userPrincipalName: of.userPrincipalName,
    objectId: of.oid,
    password: of.password,
    note,
  });
  return {
    api,
    addresses: {
      ...(gatewayUrl === undefined ? {} : { gateway: gatewayUrl }),
      functions: functionsUrl,
      entra: entra.url,
      keyVault: keyVault.url,
      managedIdentity: managedIdentity.settings.IDENTITY_ENDPOINT,
      profile: profile.url,
      ledger: ledger.url,
    },
    caFile,
    tenantId: seed.tenant.id,
    gateway: { clientId: seed.gateway.clientId, scope: seed.scopes.gateway },
    client: { clientId: seed.client.clientId },
    users: [
      user(alice, "may call both downstream APIs"),
      user(bob, "may call both downstream APIs"),
      user(carol, "must sign in again with multi-factor authentication for the ledger"),
      user(dave, "has not consented to the profile"),
    ],
    tokenA: { url: tokenUrl, tokenEndpoint: `${entra.url}/${seed.tenant.id}/oauth2/v2.0/token` },
    downstreamApis: ["profile", "ledger"],
    curl: `curl -i ${api}/downstream/profile/me -H "Authorization: Bearer $(curl -s --cacert ${caFile} '${tokenUrl.replace("{user}", "alice")}')"`,
  };
}
