import { randomUUID } from "node:crypto";
import { consent, registerUser } from "@obo-gateway/local-azure/entra/registration.ts";
import type { LocalAzure } from "../../local/azure.ts";

/** Tokens A of so many new users, each of whom may call the profile API through the gateway. */
export async function signInUsers({ entra, seed }: LocalAzure, count: number): Promise<string[]> {
  const { directory, tenant, gateway, profile, client, scopes } = seed;
  const tokens: string[] = [];
  for (let number = 0; number < count; number++) {
    const oid = randomUUID();
    const user = registerUser(directory, {
      oid,
      tenantId: tenant.id,
      userPrincipalName: `${oid}@${tenant.domain}`,
      password: randomUUID(),
    });
    consent(directory, gateway, profile, ["Profile.Read"], user);
    tokens.push(await entra.issueUserToken({ user: oid, client: client.clientId, scope: scopes.gateway }));
  }
  return tokens;
}

export const bearer = (token: string): { readonly authorization: string } => ({ authorization: `Bearer ${token}` });
