import { nearest } from "../../shared/config/names.ts";
import type { ApplicationOption, DownstreamOption } from "./downstreamOption.ts";
import type { GraphDirectory } from "./graphDirectory.ts";
import type { AppRole, PermissionScope, ServicePrincipal } from "./graphObjects.ts";

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** A downstream API as the tenant knows it. */
export interface ResolvedDownstream extends ResolvedApi {
  readonly scopes: readonly PermissionScope[];
  readonly scopesByPrefix: readonly { readonly prefix: string; readonly scopes: readonly PermissionScope[] }[];
}

/** One that the gateway calls as itself. */
export interface ResolvedApplicationApi extends ResolvedApi {
  readonly roles: readonly AppRole[];
}

interface ResolvedApi {
  readonly name: string;
  /** As it was asked for: what `DownstreamApis__<name>__Scopes` begins with. */
  readonly resource: string;
  readonly servicePrincipal: ServicePrincipal;
}

/**
 * Finds the API's service principal, and in it the scopes.
 * @throws Error naming what is unknown, with what there is instead.
 */
export async function resolveDownstream(
  directory: GraphDirectory,
  { name, resource, scopes, scopesByPrefix }: DownstreamOption,
): Promise<ResolvedDownstream> {
  const servicePrincipal = await known(directory, "downstream", name, resource);
  const exposed = servicePrincipal.oauth2PermissionScopes.filter(({ isEnabled }) => isEnabled);
  const what = (option: string) => `--${option} ${name}: ${servicePrincipal.displayName} has no delegated scope`;
  return {
    name,
    resource,
    servicePrincipal,
    scopes: named(exposed, scopes, what("downstream")),
    scopesByPrefix: scopesByPrefix.map((each) => ({
      prefix: each.prefix,
      scopes: named(exposed, each.scopes, what("scopes-by-prefix")),
    })),
  };
}

/**
 * Finds the API's service principal, and in it the app roles that apps may have.
 * @throws Error naming what is unknown, with what there is instead.
 */
export async function resolveApplicationApi(
  directory: GraphDirectory,
  { name, resource, roles }: ApplicationOption,
): Promise<ResolvedApplicationApi> {
  const servicePrincipal = await known(directory, "application-permission", name, resource);
  const forApps = servicePrincipal.appRoles.filter(
    ({ isEnabled, allowedMemberTypes }) => isEnabled && allowedMemberTypes.includes("Application"),
  );
  const what = `--application-permission ${name}: ${servicePrincipal.displayName} has no application permission`;
  return { name, resource, servicePrincipal, roles: named(forApps, roles, what) };
}

async function known(directory: GraphDirectory, option: string, name: string, resource: string) {
  const found = await find(directory, resource);
  if (found === undefined) throw await unknownResource(directory, `--${option} ${name}`, name, resource);
  return found;
}

/** Those of the wanted names. Entra ID compares them without regard to case. @param what begins the error's message */
function named<T extends { readonly value: string | null }>(
  exposed: readonly T[],
  wanted: readonly string[],
  what: string,
): readonly T[] {
  return wanted.map((name) => {
    const found = exposed.find(({ value }) => value?.toLowerCase() === name.toLowerCase());
    if (found !== undefined) return found;
    const values = exposed.flatMap(({ value }) => value ?? []).sort();
    const meant = nearest(name, values);
    const hint = meant === undefined ? "" : ` Did you mean ${meant}?`;
    const list = values.length === 0 ? "It has none." : `It has: ${values.join(", ")}.`;
    throw new Error(`${what} ${name}.${hint} ${list}`);
  });
}

async function find(directory: GraphDirectory, resource: string): Promise<ServicePrincipal | undefined> {
  if (GUID.test(resource)) return directory.servicePrincipalOf(resource);
  // Some of Microsoft's APIs have the slash at the end in their name, most have not.
  return (await directory.servicePrincipalNamed(resource)) ?? (await directory.servicePrincipalNamed(`${resource}/`));
}

async function unknownResource(
  directory: GraphDirectory,
  option: string,
  name: string,
  resource: string,
): Promise<Error> {
  const alike = await directory.servicePrincipalsLike(name);
  const list = alike.map(
    ({ displayName, appId, servicePrincipalNames }) =>
      `  ${displayName}: ${[appId, ...servicePrincipalNames.filter((uri) => uri !== appId)].join(" ")}`,
  );
  const known = list.length === 0 ? `Nothing is named like ${name}.` : `Named like ${name}:\n${list.join("\n")}`;
  return new Error(
    `${option}: the tenant has no service principal of ${resource}. ${known}\n` +
      "An API registered elsewhere gets one with `az ad sp create --id <its client id>`.",
  );
}
