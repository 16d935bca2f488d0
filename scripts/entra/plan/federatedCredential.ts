import type { FederatedCredential, ServicePrincipal } from "../graphObjects.ts";

/** What the registration is to trust: tokens that Entra ID issues to one managed identity, for being exchanged. */
export interface TrustedIdentity {
  /** `{authority}/{tenant}/v2.0`, exactly as in the token. */
  readonly issuer: string;
  readonly audience: string;
  readonly identity: ServicePrincipal;
}

export type FederatedPlan =
  | { readonly kind: "none" }
  | { readonly kind: "add"; readonly body: Omit<FederatedCredential, "id">; readonly change: string }
  | { readonly kind: "repair"; readonly id: string; readonly audiences: readonly string[]; readonly change: string };

/** Issuer and subject together are unique in a registration; a credential that has both wrong is simply another one. */
export function federatedCredentialPlan(
  current: readonly FederatedCredential[],
  { issuer, audience, identity }: TrustedIdentity,
): FederatedPlan {
  const known = current.find((each) => each.issuer === issuer && each.subject === identity.id);
  if (known === undefined) {
    const body = { name: `managed-identity-${identity.id}`, issuer, subject: identity.id, audiences: [audience] };
    return { kind: "add", body, change: `trust managed identity ${identity.displayName} (${identity.id})` };
  }
  if (known.audiences.length === 1 && known.audiences[0] === audience) return { kind: "none" };
  const change = `set the audience of federated credential ${known.name} to ${audience} (is ${known.audiences.join(", ")})`;
  return { kind: "repair", id: known.id, audiences: [audience], change };
}
