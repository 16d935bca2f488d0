import type { ResolvedDownstream } from "../downstreamApis.ts";
import type { RequiredResourceAccess } from "../graphObjects.ts";
import type { Section } from "./section.ts";

/** What `requiredResourceAccess` calls a delegated scope; `Role` is an application permission. */
const DELEGATED = "Scope";

/** The delegated permissions at the downstream APIs. Others that the registration has are kept, and named. */
export function permissions(
  current: readonly RequiredResourceAccess[],
  downstreamApis: readonly ResolvedDownstream[],
): Section<RequiredResourceAccess[]> {
  const value = current.map((entry) => ({ ...entry, resourceAccess: [...entry.resourceAccess] }));
  const changes: string[] = [];
  for (const { servicePrincipal, scopes } of downstreamApis) {
    const entry = entryFor(value, servicePrincipal.appId);
    for (const scope of scopes) {
      if (entry.resourceAccess.some(({ id, type }) => id === scope.id && type === DELEGATED)) continue;
      entry.resourceAccess.push({ id: scope.id, type: DELEGATED });
      changes.push(`add delegated permission ${scope.value} of ${servicePrincipal.displayName}`);
    }
  }
  return { value, changes, notes: [...unasked(current, downstreamApis), ...applicationPermissions(current)] };
}

function entryFor(entries: RequiredResourceAccess[], resourceAppId: string): RequiredResourceAccess {
  const known = entries.find((entry) => entry.resourceAppId.toLowerCase() === resourceAppId.toLowerCase());
  if (known !== undefined) return known;
  const entry: RequiredResourceAccess = { resourceAppId, resourceAccess: [] };
  entries.push(entry);
  return entry;
}

/** Named by their scope where the API is one of those asked for, else counted: their names would need more requests. */
function unasked(
  current: readonly RequiredResourceAccess[],
  downstreamApis: readonly ResolvedDownstream[],
): readonly string[] {
  return current.flatMap(({ resourceAppId, resourceAccess }) => {
    const apis = downstreamApis.filter(({ servicePrincipal }) => servicePrincipal.appId === resourceAppId);
    const asked = new Set(apis.flatMap(({ scopes }) => scopes.map(({ id }) => id)));
    const others = resourceAccess.filter(({ id, type }) => type === DELEGATED && !asked.has(id));
    if (others.length === 0) return [];
    const [api] = apis;
    const names = others.map(({ id }) => api?.servicePrincipal.oauth2PermissionScopes.find((s) => s.id === id)?.value);
    const what =
      api === undefined ? `${others.length} of ${resourceAppId}` : names.map((name) => name ?? "?").join(", ");
    const where = api === undefined ? "" : ` of ${api.servicePrincipal.displayName}`;
    return [`The registration keeps delegated permissions that were not asked for: ${what}${where}.`];
  });
}

/** The gateway acts for users only: application permissions are power nobody uses, except whoever steals a credential. */
function applicationPermissions(current: readonly RequiredResourceAccess[]): readonly string[] {
  const count = current.flatMap(({ resourceAccess }) => resourceAccess).filter(({ type }) => type !== DELEGATED).length;
  if (count === 0) return [];
  return [`The registration has ${count} application permission(s); the gateway uses none: remove them.`];
}
