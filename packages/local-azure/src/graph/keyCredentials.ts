import { randomUUID, X509Certificate } from "node:crypto";
import type { KeyCredentialBody } from "./bodies.ts";
import type { KeyCredential } from "./directory.ts";
import { badRequest, GraphRefusal } from "./errors.ts";

/**
 * The list that replaces an application's certificates: what is not in it is gone.
 * @throws GraphRefusal 400 for what is no certificate, or claims to be valid when that is not.
 */
export function storeKeyCredentials(bodies: readonly KeyCredentialBody[]): KeyCredential[] {
  const stored = bodies.map(store);
  if (new Set(stored.map(({ keyId }) => keyId)).size < stored.length) {
    throw badRequest("The value of property 'keyId' is used more than once.");
  }
  return stored;
}

function store(body: KeyCredentialBody): KeyCredential {
  const certificate = parse(body.key);
  const startDateTime = body.startDateTime ?? certificate.validFromDate.toISOString();
  const endDateTime = body.endDateTime ?? certificate.validToDate.toISOString();
  if (Date.parse(endDateTime) > certificate.validToDate.getTime()) {
    throw new GraphRefusal(400, "KeyCredentialsInvalidEndDate", "Key credential end date is invalid.");
  }
  return {
    customKeyIdentifier: body.customKeyIdentifier ?? certificate.fingerprint.replaceAll(":", ""),
    displayName: body.displayName ?? null,
    endDateTime,
    key: body.key,
    keyId: body.keyId ?? randomUUID(),
    startDateTime,
    type: "AsymmetricX509Cert",
    usage: "Verify",
  };
}

function parse(key: string): X509Certificate {
  try {
    return new X509Certificate(Buffer.from(key, "base64"));
  } catch {
    throw badRequest("Key value is invalid certificate.");
  }
}
