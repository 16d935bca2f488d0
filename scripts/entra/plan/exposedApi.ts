import type { ApiApplication, PermissionScope } from "../graphObjects.ts";
import type { Section } from "./section.ts";

/** What clients ask for, and what `AzureAd__Scopes` demands. */
export const GATEWAY_SCOPE = "access_as_user";
/** The tokens that clients get for the gateway. */
const ACCESS_TOKEN_VERSION = 2;

export interface ExposedApiWish {
  /** The registration's name, for the texts that users consent to. */
  readonly name: string;
  readonly clientApplications: readonly string[];
  readonly preAuthorize: boolean;
  readonly newId: () => string;
}

/**
 * The API that clients sign their users in to: v2.0 tokens, one delegated scope, and the clients that are known. What
 * is there stays: texts of a scope, further scopes and clients.
 */
export function exposedApi(current: ApiApplication, wish: ExposedApiWish): Section<ApiApplication> {
  const changes: string[] = [];
  if (current.requestedAccessTokenVersion !== ACCESS_TOKEN_VERSION) {
    const was = current.requestedAccessTokenVersion ?? 1;
    changes.push(`set the version of access tokens to ${ACCESS_TOKEN_VERSION} (is ${was})`);
  }
  const scopes = withScope(current.oauth2PermissionScopes, wish, changes);
  const unknown = wish.clientApplications.filter((id) => !includes(current.knownClientApplications, id));
  changes.push(...unknown.map((id) => `add known client application ${id}`));
  return {
    value: {
      ...current,
      requestedAccessTokenVersion: ACCESS_TOKEN_VERSION,
      oauth2PermissionScopes: scopes,
      knownClientApplications: [...current.knownClientApplications, ...unknown],
    },
    changes,
    notes: [],
  };
}

function withScope(
  current: readonly PermissionScope[],
  { name, newId }: ExposedApiWish,
  changes: string[],
): PermissionScope[] {
  const known = current.find(({ value }) => value === GATEWAY_SCOPE);
  if (known === undefined) {
    changes.push(`add scope ${GATEWAY_SCOPE}`);
    const added: PermissionScope = {
      // It stays for good: consents and other registrations refer to it.
      id: newId(),
      value: GATEWAY_SCOPE,
      type: "User",
      isEnabled: true,
      adminConsentDisplayName: `Access ${name} as the user`,
      adminConsentDescription: `Lets the app call ${name}, and the APIs behind it, on behalf of the signed-in user.`,
      userConsentDisplayName: `Access ${name} as you`,
      userConsentDescription: `Lets the app call ${name}, and the APIs behind it, on your behalf.`,
    };
    return [...current, added];
  }
  if (!known.isEnabled) changes.push(`enable scope ${GATEWAY_SCOPE}`);
  return current.map((each) => (each === known ? { ...each, isEnabled: true } : each));
}

type PreAuthorized = ApiApplication["preAuthorizedApplications"];

/**
 * The clients whose users are not asked whether they may call the gateway. Graph takes them only once it knows the
 * scope, so that they are a request of their own (microsoftgraph/microsoft-graph-docs-contrib, issue 1395).
 * @param api as it will be, with the scope
 */
export function preAuthorizedClients(api: ApiApplication, wish: ExposedApiWish): Section<PreAuthorized> {
  const scopeId = api.oauth2PermissionScopes.find(({ value }) => value === GATEWAY_SCOPE)?.id;
  const value = [...api.preAuthorizedApplications];
  const changes: string[] = [];
  if (!wish.preAuthorize || scopeId === undefined) return { value, changes, notes: [] };
  for (const appId of wish.clientApplications) {
    const at = value.findIndex((each) => includes([each.appId], appId));
    const known = value[at];
    if (known?.delegatedPermissionIds.includes(scopeId)) continue;
    changes.push(`pre-authorize client application ${appId} for ${GATEWAY_SCOPE}`);
    if (known === undefined) value.push({ appId, delegatedPermissionIds: [scopeId] });
    else value[at] = { ...known, delegatedPermissionIds: [...known.delegatedPermissionIds, scopeId] };
  }
  return { value, changes, notes: [] };
}

function includes(ids: readonly string[], id: string): boolean {
  return ids.some((each) => each.toLowerCase() === id.toLowerCase());
}
