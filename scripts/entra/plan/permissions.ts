import type { ResolvedApplicationApi, ResolvedDownstream } from "../downstreamApis.ts";
import type { RequiredResourceAccess, ServicePrincipal } from "../graphObjects.ts";
import type { Section } from "./section.ts";

/** What `requiredResourceAccess` calls a delegated scope and an application permission. */
const KINDS = { Scope: "delegated", Role: "application" } as const;
type Kind = keyof typeof KINDS;

export interface PermissionsWish {
  readonly downstreamApis: readonly ResolvedDownstream[];
  readonly applicationApis: readonly ResolvedApplicationApi[];
}

interface Permission {
  readonly api: ServicePrincipal;
  readonly type: Kind;
  readonly id: string;
  readonly value: string | null;
}

/** The permissions at the downstream APIs: these and no more. Others that the registration has are kept, and named. */
export function permissions(
  current: readonly RequiredResourceAccess[],
  wish: PermissionsWish,
): Section<RequiredResourceAccess[]> {
  const value = current.map((entry) => ({ ...entry, resourceAccess: [...entry.resourceAccess] }));
  const changes: string[] = [];
  const wanted = wantedPermissions(wish);
  for (const { api, type, id, value: name } of wanted) {
    const entry = entryFor(value, api.appId);
    if (entry.resourceAccess.some((known) => known.id === id && known.type === type)) continue;
    entry.resourceAccess.push({ id, type });
    changes.push(`add ${KINDS[type]} permission ${name} of ${api.displayName}`);
  }
  return { value, changes, notes: [...unasked(current, wanted, "Scope"), ...unasked(current, wanted, "Role")] };
}

function wantedPermissions({ downstreamApis, applicationApis }: PermissionsWish): readonly Permission[] {
  const delegated = downstreamApis.flatMap(({ servicePrincipal: api, scopes, scopesByPrefix }) =>
    [scopes, ...scopesByPrefix.map((entry) => entry.scopes)]
      .flat()
      .map(({ id, value }) => ({ api, type: "Scope", id, value }) as const),
  );
  const application = applicationApis.flatMap(({ servicePrincipal: api, roles }) =>
    roles.map(({ id, value }) => ({ api, type: "Role", id, value }) as const),
  );
  return [...delegated, ...application];
}

function entryFor(entries: RequiredResourceAccess[], resourceAppId: string): RequiredResourceAccess {
  const known = entries.find((entry) => isSame(entry.resourceAppId, resourceAppId));
  if (known !== undefined) return known;
  const entry: RequiredResourceAccess = { resourceAppId, resourceAccess: [] };
  entries.push(entry);
  return entry;
}

/** Named where the API is one of those asked for, else counted: their names would need more requests. */
function unasked(
  current: readonly RequiredResourceAccess[],
  wanted: readonly Permission[],
  type: Kind,
): readonly string[] {
  return current.flatMap(({ resourceAppId, resourceAccess }) => {
    const here = wanted.filter(({ api }) => isSame(api.appId, resourceAppId));
    const others = resourceAccess.filter((known) => known.type === type && !here.some(({ id }) => id === known.id));
    if (others.length === 0) return [];
    const api = here[0]?.api;
    const what =
      api === undefined
        ? `${others.length} of ${resourceAppId}`
        : `${others.map(({ id }) => nameOf(api, id)).join(", ")} of ${api.displayName}`;
    return [`The registration keeps ${KINDS[type]} permissions that were not asked for: ${what}.${ADVICE[type]}`];
  });
}

/** A delegated permission gives nothing without a user; an application permission is power by itself. */
const ADVICE: Readonly<Record<Kind, string>> = {
  Scope: "",
  Role: " Remove those that no API with RequestAppToken needs: whoever steals a credential has them.",
};

function nameOf({ oauth2PermissionScopes, appRoles }: ServicePrincipal, id: string): string {
  return [...oauth2PermissionScopes, ...appRoles].find((each) => each.id === id)?.value ?? "?";
}

function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
