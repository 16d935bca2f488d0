import { decodeJwt, errors } from "jose";
import { outsideItsTime } from "./assertionTime.ts";
import type { ClientProof } from "./clientProof.ts";
import type { Context } from "./context.ts";
import type { AppRegistration } from "./directory.ts";
import { Refusal } from "./errors.ts";
import { findResource } from "./lookup.ts";
import { invalidAssertion, verifyOwnToken } from "./ownToken.ts";

/** The application behind `api://AzureADTokenExchange`: in v2.0 tokens, the audience is its id. */
export const TOKEN_EXCHANGE = {
  clientId: "fb60f99c-7a34-4190-8149-302f77469936",
  appIdUri: "api://AzureADTokenExchange",
} as const;

/**
 * Verifies a token of another issuer, presented instead of a secret. Only tokens of this Entra ID itself (those of managed
 * identities) can be verified here.
 * Source: learn.microsoft.com/entra/workload-id/workload-identity-federation-config-app-trust-managed-identity.
 * @throws Refusal 70025 when the app trusts nobody, 700211, 700213, 700212 when it does not trust this issuer, subject,
 * audience, 700024 or 50013 when the token itself is not valid.
 */
export async function verifyFederatedAssertion(
  context: Context,
  client: AppRegistration,
  assertion: string,
): Promise<ClientProof> {
  const payload = decodeJwt(assertion);
  const { iss: issuer = "", sub: subject = "", aud } = payload;
  if (client.federatedCredentials.length === 0)
    throw new Refusal(
      70025,
      `The client '${client.clientId}'(${client.displayName}) has no configured federated identity credentials.`,
    );
  const ofIssuer = client.federatedCredentials.filter((credential) => credential.issuer === issuer);
  if (ofIssuer.length === 0) throw noMatch(700211, "issuer", issuer);
  const ofSubject = ofIssuer.filter((credential) => credential.subject === subject);
  if (ofSubject.length === 0) throw noMatch(700213, "subject", subject);
  const audiences = typeof aud === "string" ? [aud] : (aud ?? []);
  const names = (trusted: string) => [trusted, findResource(context.directory, client.tenantId, trusted)?.clientId];
  if (!ofSubject.some(({ audience }) => audiences.some((presented) => names(audience).includes(presented))))
    throw noMatch(700212, "audience", audiences.join(" "));
  try {
    await verifyOwnToken(context, assertion, {});
  } catch (error) {
    const claim = error instanceof errors.JWTClaimValidationFailed ? error.claim : undefined;
    if (error instanceof errors.JWTExpired || claim === "nbf") throw outsideItsTime(payload, context.now());
    throw error instanceof errors.JOSEError ? invalidAssertion("The federated token is not valid") : error;
  }
  return { kind: "federated", issuer, subject };
}

function noMatch(aadsts: number, claim: string, value: string): Refusal {
  return new Refusal(
    aadsts,
    `No matching federated identity record found for presented assertion ${claim} '${value}'. Check your federated identity credential Subject, Audience and Issuer against the presented assertion. https://learn.microsoft.com/entra/workload-id/workload-identity-federation`,
  );
}
