import { randomBytes, randomUUID } from "node:crypto";
import type { AppRegistration, ClientSecret, FederatedCredential, RegisteredCertificate } from "./directory.ts";
import { registeredCertificate } from "./registration.ts";

const SECRET_BYTES = 30;
const TWO_YEARS_MS = 730 * 86_400_000;
// learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations
const MOST_FEDERATED = 20;

/** How the app is revoked a certificate: two codes exist for it, of which Entra ID's documents tell no difference. */
export type RevocationCode = 7000214 | 7000277;

/** What an administrator does to an app's credentials, while all runs. The next token request sees it. */
export interface AppCredentials {
  /** @param options `endMs`: ends earlier than the certificate itself. @throws Error for what is no certificate. */
  addCertificate(certificatePem: string, options?: { readonly endMs?: number }): RegisteredCertificate;
  /** By either thumbprint, base64url. @throws UnknownCredentialError */
  removeCertificate(thumbprint: string): void;
  /** Leaves it registered, and refuses it. @throws UnknownCredentialError */
  revokeCertificate(thumbprint: string, code?: RevocationCode): void;
  /** Makes one up, for two years, unless told; the answer is the only one that ever shows it. */
  addSecret(draft?: Partial<ClientSecret>): ClientSecret;
  /** @throws UnknownCredentialError */
  removeSecret(keyId: string): void;
  /** @throws Error when there is one of this issuer and subject already, or there are twenty. */
  addFederated(credential: FederatedCredential): void;
  /** Those of a subject: the object id of the managed identity. @throws UnknownCredentialError */
  removeFederated(subject: string): void;
}

export class UnknownCredentialError extends Error {
  override readonly name = "UnknownCredentialError";
}

export function appCredentials(app: AppRegistration, now: () => number): AppCredentials {
  const without = <T>(all: readonly T[], kind: string, id: string, is: (each: T) => boolean): T[] => {
    const kept = all.filter((each) => !is(each));
    if (kept.length === all.length) throw new UnknownCredentialError(`The app ${app.clientId} has no ${kind} ${id}.`);
    return kept;
  };
  const withThumbprint =
    (thumbprint: string) =>
    (each: RegisteredCertificate): boolean =>
      each.thumbprintSha256 === thumbprint || each.thumbprintSha1 === thumbprint;
  return {
    addCertificate(certificatePem, { endMs = Number.POSITIVE_INFINITY } = {}) {
      const certificate = registeredCertificate(certificatePem);
      const added = { ...certificate, notAfterMs: Math.min(certificate.notAfterMs, endMs) };
      app.certificates = [...app.certificates, added];
      return added;
    },
    removeCertificate(thumbprint) {
      app.certificates = without(app.certificates, "certificate", thumbprint, withThumbprint(thumbprint));
    },
    revokeCertificate(thumbprint, revokedWith = 7000214) {
      const is = withThumbprint(thumbprint);
      without(app.certificates, "certificate", thumbprint, is);
      app.certificates = app.certificates.map((each) => (is(each) ? { ...each, revokedWith } : each));
    },
    addSecret(draft = {}) {
      const secret: ClientSecret = {
        keyId: draft.keyId ?? randomUUID(),
        value: draft.value ?? randomBytes(SECRET_BYTES).toString("base64url"),
        endMs: draft.endMs ?? now() + TWO_YEARS_MS,
      };
      app.secrets = [...app.secrets, secret];
      return secret;
    },
    removeSecret(keyId) {
      app.secrets = without(app.secrets, "secret", keyId, (each) => each.keyId === keyId);
    },
    addFederated(credential) {
      const all = app.federatedCredentials;
      if (all.some(({ issuer, subject }) => issuer === credential.issuer && subject === credential.subject))
        throw new Error("Issuer and subject combination already exists for this application.");
      if (all.length >= MOST_FEDERATED) throw new Error(`An app has at most ${MOST_FEDERATED} federated credentials.`);
      app.federatedCredentials = [...all, credential];
    },
    removeFederated(subject) {
      app.federatedCredentials = without(
        app.federatedCredentials,
        "federated credential for",
        subject,
        (each) => each.subject === subject,
      );
    },
  };
}
