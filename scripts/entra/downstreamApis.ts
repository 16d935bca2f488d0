import { nearest } from "../../shared/config/nearest.ts";
import type { DownstreamOption } from "./downstreamOption.ts";
import type { GraphDirectory } from "./graphDirectory.ts";
import type { PermissionScope, ServicePrincipal } from "./graphObjects.ts";

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** A downstream API as the tenant knows it. */
export interface ResolvedDownstream {
  readonly name: string;
  /** As it was asked for: what `DownstreamApis__<name>__Scopes` begins with. */
  readonly resource: string;
  readonly servicePrincipal: ServicePrincipal;
  readonly scopes: readonly PermissionScope[];
}

/**
 * Finds the API's service principal, and in it the scopes.
 * @throws Error naming what is unknown, with what there is instead.
 */
export async function resolveDownstream(
  directory: GraphDirectory,
  { name, resource, scopes }: DownstreamOption,
): Promise<ResolvedDownstream> {
  const servicePrincipal = await find(directory, resource);
  if (servicePrincipal === undefined) throw await unknownResource(directory, name, resource);
  const exposed = servicePrincipal.oauth2PermissionScopes.filter(({ isEnabled }) => isEnabled);
  const found = scopes.map((wanted) => {
    // Entra ID compares scopes without regard to case.
    const scope = exposed.find(({ value }) => value?.toLowerCase() === wanted.toLowerCase());
    if (scope === undefined) throw unknownScope(name, servicePrincipal, exposed, wanted);
    return scope;
  });
  return { name, resource, servicePrincipal, scopes: found };
}

async function find(directory: GraphDirectory, resource: string): Promise<ServicePrincipal | undefined> {
  if (GUID.test(resource)) return directory.servicePrincipalOf(resource);
  // Some of Microsoft's APIs have the slash at the end in their name, most have not.
  return (await directory.servicePrincipalNamed(resource)) ?? (await directory.servicePrincipalNamed(`${resource}/`));
}

async function unknownResource(directory: GraphDirectory, name: string, resource: string): Promise<Error> {
  const alike = await directory.servicePrincipalsLike(name);
  const list = alike.map(
    ({ displayName, appId, servicePrincipalNames }) =>
      `  ${displayName}: ${[appId, ...servicePrincipalNames.filter((uri) => uri !== appId)].join(" ")}`,
  );
  const known = list.length === 0 ? `Nothing is named like ${name}.` : `Named like ${name}:\n${list.join("\n")}`;
  return new Error(
    `--downstream ${name}: the tenant has no service principal of ${resource}. ${known}\n` +
      "An API registered elsewhere gets one with `az ad sp create --id <its client id>`.",
  );
}

function unknownScope(
  name: string,
  { displayName }: ServicePrincipal,
  exposed: readonly PermissionScope[],
  wanted: string,
): Error {
  const values = exposed.flatMap(({ value }) => value ?? []).sort();
  const meant = nearest(wanted, values);
  const hint = meant === undefined ? "" : ` Did you mean ${meant}?`;
  const list = values.length === 0 ? "It has none." : `It has: ${values.join(", ")}.`;
  return new Error(`--downstream ${name}: ${displayName} has no delegated scope ${wanted}.${hint} ${list}`);
}
