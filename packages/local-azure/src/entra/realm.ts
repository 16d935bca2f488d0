import type { AppRegistration, Directory, Tenant } from "./directory.ts";
import { Refusal } from "./errors.ts";
import { findApp, findTenant } from "./lookup.ts";

/** What the first segment of the path stands for: one tenant, or any. */
export type Realm = Tenant | "common" | "organizations";

/** @throws Refusal 90002 for a tenant that does not exist. */
export function findRealm(directory: Directory, segment: string): Realm {
  if (segment === "common" || segment === "organizations") return segment;
  const tenant = findTenant(directory, segment);
  if (tenant !== undefined) return tenant;
  throw new Refusal(
    90002,
    `Tenant '${segment}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud.`,
  );
}

/**
 * The app of a client id, as far as the realm can see it.
 * @throws Refusal 700016 when it has no service principal in the tenant, 50194 when it is not for more than one.
 */
export function findClient(directory: Directory, realm: Realm, clientId: string): AppRegistration {
  const client = findApp(directory, clientId);
  if (client === undefined) throw unknownClient(clientId, realm);
  if (typeof realm !== "string") requireServicePrincipal(client, realm);
  else if (!client.multiTenant)
    throw new Refusal(
      50194,
      `Application '${client.clientId}'(${client.displayName}) is not configured as a multi-tenant application. Usage of the /${realm} endpoint is not supported for such apps. Use a tenant-specific endpoint or configure the application to be multi-tenant.`,
    );
  return client;
}

/** @throws Refusal 700016 when the app has no service principal in the tenant. */
export function requireServicePrincipal(client: AppRegistration, tenant: Tenant): void {
  if (!client.servicePrincipals.has(tenant.id)) throw unknownClient(client.clientId, tenant);
}

function unknownClient(clientId: string, realm: Realm): Refusal {
  const where = typeof realm === "string" ? realm : realm.id;
  return new Refusal(
    700016,
    `Application with identifier '${clientId}' was not found in the directory '${where}'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant.`,
  );
}
