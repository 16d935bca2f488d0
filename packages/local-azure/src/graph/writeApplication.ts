import type { Api, ApplicationBody } from "./bodies.ts";
import type { StoredApplication } from "./directory.ts";
import { badRequest, GraphRefusal } from "./errors.ts";
import { storeKeyCredentials } from "./keyCredentials.ts";

/**
 * Applies a POST's or PATCH's body: properties that are there replace, lists as a whole; of `api` its own properties do.
 * Nothing is changed when something is wrong.
 * @throws GraphRefusal 400 as Graph does.
 */
export function writeApplication(
  application: StoredApplication,
  body: ApplicationBody,
  all: readonly StoredApplication[],
): void {
  const api: Api = { ...application.api, ...defined(body.api ?? {}) };
  checkScopes(application.api, api);
  checkPreAuthorized(application.api, api);
  for (const uri of body.identifierUris ?? []) checkIdentifierUri(uri, application, all);
  checkPermissions(body);
  const keyCredentials = body.keyCredentials && storeKeyCredentials(body.keyCredentials);
  const { keyCredentials: _keys, api: _api, ...rest } = body;
  Object.assign(application, defined(rest), { api }, keyCredentials && { keyCredentials });
}

function defined<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined);
  // Object.entries forgets which value belongs to which key; leaving some out changes neither.
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> };
}

function checkScopes(before: Api, { oauth2PermissionScopes: after }: Api): void {
  if (
    new Set(after.map(({ id }) => id)).size < after.length ||
    new Set(after.map((s) => s.value)).size < after.length
  ) {
    throw badRequest("Property api.oauth2PermissionScopes contains duplicate entries.");
  }
  for (const scope of before.oauth2PermissionScopes) {
    const kept = after.find(({ id }) => id === scope.id);
    if (scope.isEnabled && (kept === undefined || kept.value !== scope.value)) {
      throw new GraphRefusal(
        400,
        "CannotDeleteOrUpdateEnabledEntitlement",
        "Permission (scope or role) cannot be deleted or updated unless disabled first.",
      );
    }
  }
}

/** A scope must be known before a request that refers to it. */
function checkPreAuthorized(before: Api, after: Api): void {
  const known = new Set(before.oauth2PermissionScopes.map(({ id }) => id));
  const asked = after.preAuthorizedApplications.flatMap(({ delegatedPermissionIds }) => delegatedPermissionIds);
  if (asked.every((id) => known.has(id))) return;
  throw badRequest(
    "Property api.preAuthorizedApplications.delegatedPermissionIds has a Permission Id that cannot be found in the AppPermissions sets.",
  );
}

/** Entra ID's default policy for app id URIs: they contain the app's client id. */
function checkIdentifierUri(uri: string, application: StoredApplication, all: readonly StoredApplication[]): void {
  if (application.identifierUris.includes(uri)) return;
  if (uri !== `api://${application.appId}`) {
    throw new GraphRefusal(
      400,
      "HostNameNotOnVerifiedDomain",
      `Values of identifierUris property must use a verified domain of the organization or its subdomain: '${uri}'`,
    );
  }
  if (all.some((other) => other !== application && other.identifierUris.includes(uri))) {
    throw badRequest(`Another object with the same value for property identifierUris already exists.`);
  }
}

function checkPermissions({ requiredResourceAccess = [] }: ApplicationBody): void {
  const resources = requiredResourceAccess.map(({ resourceAppId }) => resourceAppId);
  const twice = new Set(resources).size < resources.length;
  if (twice) throw badRequest("Property requiredResourceAccess has more than one entry for a resource.");
}
