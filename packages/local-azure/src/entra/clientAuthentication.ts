import { createHash, timingSafeEqual } from "node:crypto";
import { verifyClientAssertion } from "./clientAssertion.ts";
import type { ClientProof } from "./clientProof.ts";
import type { Context } from "./context.ts";
import type { AppRegistration } from "./directory.ts";
import { Refusal } from "./errors.ts";
import type { Form } from "./form.ts";
import type { Realm } from "./realm.ts";

/**
 * Verifies that a client is the app it says it is.
 * @throws Refusal 7000218 without a credential, 700025 for a public client with one, 7000215 and 7000222 for the secret,
 * 90100 for two credentials (RFC 6749, 2.3), and those of {@link verifyClientAssertion}.
 */
export async function authenticateClient(
  context: Context,
  realm: Realm,
  client: AppRegistration,
  form: Form,
): Promise<ClientProof> {
  const secret = form.get("client_secret");
  const assertion = form.get("client_assertion");
  if (secret === undefined && assertion === undefined) {
    if (client.publicClient) return { kind: "none" };
    throw noCredential();
  }
  if (client.publicClient)
    throw new Refusal(
      700025,
      "Client is public so neither 'client_assertion' nor 'client_secret' should be presented.",
    );
  if (secret !== undefined && assertion !== undefined)
    throw new Refusal(90100, "client_secret parameter is empty or not valid: a client_assertion is presented too.");
  return secret === undefined
    ? verifyClientAssertion(context, realm, client, form)
    : verifySecret(context, client, secret);
}

/** Some grants are not for public clients. @throws Refusal 7000218 without a credential. */
export function requireCredential(proof: ClientProof): void {
  if (proof.kind === "none") throw noCredential();
}

function noCredential(): Refusal {
  return new Refusal(
    7000218,
    "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
  );
}

function verifySecret({ now }: Context, client: AppRegistration, presented: string): ClientProof {
  const secret = client.secrets.find(({ value }) => equalInConstantTime(value, presented));
  if (secret === undefined)
    throw new Refusal(
      7000215,
      `Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '${client.clientId}'.`,
    );
  if (secret.endMs <= now())
    throw new Refusal(
      7000222,
      `The provided client secret keys for app '${client.clientId}' are expired. Visit the Azure portal to create new keys for your app: https://aka.ms/NewClientSecret, or consider using certificate credentials for added security: https://aka.ms/certCreds.`,
    );
  return { kind: "secret", keyId: secret.keyId };
}

/** Digests have one length, which is what timingSafeEqual needs; and the length of a secret stays unknown too. */
export function equalInConstantTime(one: string, other: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}
