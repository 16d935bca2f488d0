import type { AppRegistration, Directory, Tenant } from "./directory.ts";
import { Refusal } from "./errors.ts";
import { findResource } from "./lookup.ts";

const OPENID_SCOPES = new Set(["openid", "profile", "email", "offline_access"]);
/** A scope without a resource is one of Microsoft Graph's. */
const DEFAULT_RESOURCE = "https://graph.microsoft.com";

/** What a `scope` parameter asks for. */
export interface RequestedScopes {
  readonly resource: AppRegistration;
  /** The resource as the request names it: the audience of a v1.0 token. */
  readonly identifier: string;
  /** Scope names of the resource, or all that is consented to. */
  readonly names: readonly string[] | ".default";
  readonly openid: boolean;
  readonly offlineAccess: boolean;
}

/**
 * @throws Refusal 70011 for a scope that does not exist or `.default` beside another one, 500011 for an unknown resource,
 * 28000 for more than one resource.
 */
export function parseScopes(directory: Directory, tenant: Tenant, text: string): RequestedScopes {
  const all = text.split(" ").filter((scope) => scope !== "");
  const asked = all.filter((scope) => !OPENID_SCOPES.has(scope)).map(splitScope);
  const [first] = asked;
  if (first === undefined) throw invalidScope(text);
  const resources = new Set(asked.map(({ identifier }) => resourceOf(directory, tenant, identifier)));
  if (resources.size > 1)
    throw new Refusal(
      28000,
      `Provided value for the input parameter scope is not valid because it contains more than one resource. Scope ${text} is not valid.`,
    );
  const resource = resourceOf(directory, tenant, first.identifier);
  const names = asked.map(({ name }) => name);
  const isDefault = names.includes(".default");
  if (isDefault && names.length > 1)
    throw new Refusal(
      70011,
      `The provided value for the input parameter 'scope' is not valid. .default scope can't be combined with resource-specific scopes.`,
    );
  const unknown = names.find((name) => name !== ".default" && !resource.exposedScopes.includes(name));
  if (unknown !== undefined) throw invalidScope(unknown);
  return {
    resource,
    identifier: first.identifier,
    names: isDefault ? ".default" : names,
    openid: all.includes("openid"),
    offlineAccess: all.includes("offline_access"),
  };
}

/** The resource and the name of a scope: all before, and all after, the last slash. */
export function splitScope(scope: string): { identifier: string; name: string } {
  const slash = scope.lastIndexOf("/");
  return slash === -1
    ? { identifier: DEFAULT_RESOURCE, name: scope }
    : { identifier: scope.slice(0, slash), name: scope.slice(slash + 1) };
}

function resourceOf(directory: Directory, tenant: Tenant, identifier: string): AppRegistration {
  const resource = findResource(directory, tenant.id, identifier);
  if (resource !== undefined) return resource;
  throw new Refusal(
    500011,
    `The resource principal named ${identifier} was not found in the tenant named ${tenant.domain}. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You might have sent your authentication request to the wrong tenant.`,
  );
}

function invalidScope(scope: string): Refusal {
  return new Refusal(
    70011,
    `The provided request must include a 'scope' input parameter. The provided value for the input parameter 'scope' is not valid. The scope ${scope} is not valid.`,
  );
}
