import { randomUUID } from "node:crypto";
import type { User } from "@obo-gateway/local-azure/entra/directory.ts";
import { consent, registerUser } from "@obo-gateway/local-azure/entra/registration.ts";
import type { LocalAzure } from "../../../local/azure.ts";

/** A user whom the gateway has never seen: nothing it remembers of others can help, or harm. */
export function newUser({ seed }: LocalAzure, options: { readonly consented?: boolean } = {}): User {
  const { directory, tenant, gateway, profile } = seed;
  const oid = randomUUID();
  const user = registerUser(directory, {
    oid,
    tenantId: tenant.id,
    userPrincipalName: `${oid}@${tenant.domain}`,
    password: randomUUID(),
  });
  if (options.consented !== false) consent(directory, gateway, profile, ["Profile.Read"], user);
  return user;
}
