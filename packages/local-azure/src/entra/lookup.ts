import type { AppRegistration, Directory, Tenant, User } from "./directory.ts";

/** Entra ID compares ids, domains, app id URIs and user names without regard to case. */
function same(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

export function findTenant(directory: Directory, idOrDomain: string): Tenant | undefined {
  return directory.tenants.find((tenant) => same(tenant.id, idOrDomain) || same(tenant.domain, idOrDomain));
}

export function findApp(directory: Directory, clientId: string): AppRegistration | undefined {
  return directory.apps.find((app) => same(app.clientId, clientId));
}

/** @throws Error when there is no such app. */
export function requireApp(directory: Directory, clientId: string): AppRegistration {
  const app = findApp(directory, clientId);
  if (app === undefined) throw new Error(`No app with the client id ${clientId} is registered.`);
  return app;
}

/** A resource by its client id or one of its app id URIs, among those that have a service principal in the tenant. */
export function findResource(directory: Directory, tenantId: string, identifier: string): AppRegistration | undefined {
  return directory.apps.find(
    (app) =>
      app.servicePrincipals.has(tenantId) &&
      (same(app.clientId, identifier) || app.appIdUris.some((uri) => same(uri, identifier))),
  );
}

/** A user by object id, by user principal name, or by what stands before the @ of it. */
export function findUser(directory: Directory, name: string): User | undefined {
  return (
    findUserByOid(directory, name) ??
    directory.users.find(({ userPrincipalName: upn }) => same(upn, name) || same(upn.split("@")[0] ?? "", name))
  );
}

export function findUserByOid(directory: Directory, oid: string): User | undefined {
  return directory.users.find((user) => same(user.oid, oid));
}
