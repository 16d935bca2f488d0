import { createPublicKey } from "node:crypto";
import type { CertificateFacts } from "./certificateImport.ts";
import type { StoredVersion } from "./store.ts";

const RECOVERY = { recoveryLevel: "Recoverable+Purgeable", recoverableDays: 90 };

/** What a certificate's key may be used for, unless its policy says otherwise. */
const KEY_OPERATIONS = ["encrypt", "decrypt", "sign", "verify", "wrapKey", "unwrapKey"];

/** What the JSON forms of one version are made from. */
export interface Subject {
  readonly vaultUrl: string;
  readonly name: string;
  readonly stored: StoredVersion;
}

/** SecretBundle of the Key Vault REST API. */
export function secretBundle(subject: Subject): object {
  const { stored } = subject;
  return { value: stored.value, ...secretItem(subject), ...(stored.certificate && { kid: id(subject, "keys") }) };
}

/** SecretItem: a secret without its value. */
export function secretItem(subject: Subject): object {
  const { stored } = subject;
  return {
    id: id(subject, "secrets"),
    ...(stored.contentType !== undefined && { contentType: stored.contentType }),
    attributes: attributes(stored),
    tags: stored.tags,
    ...(stored.certificate && { managed: true }),
  };
}

/** CertificateBundle; the policy only belongs to the answer for the current version. */
export function certificateBundle(subject: Subject, facts: CertificateFacts, withPolicy: boolean): object {
  return {
    kid: id(subject, "keys"),
    sid: id(subject, "secrets"),
    ...certificateItem(subject, facts),
    cer: facts.der.toString("base64"),
    contentType: facts.contentType,
    ...(withPolicy && { policy: policy(subject, facts) }),
  };
}

/** CertificateItem: what listing versions gives. */
export function certificateItem(subject: Subject, facts: CertificateFacts): object {
  const { stored } = subject;
  return {
    id: id(subject, "certificates"),
    x5t: facts.x5t,
    attributes: attributes(stored),
    tags: stored.tags,
    subject: facts.subject,
  };
}

/** KeyBundle: the public half of a certificate's key. */
export function keyBundle(subject: Subject, facts: CertificateFacts): object {
  const { stored } = subject;
  const { n, e } = createPublicKey(facts.privateKey).export({ format: "jwk" });
  const key = { kid: id(subject, "keys"), kty: "RSA", key_ops: KEY_OPERATIONS, n, e };
  return { key, attributes: attributes(stored), tags: stored.tags, managed: true };
}

/** KeyItem: what listing versions gives. */
export function keyItem(subject: Subject, _facts: CertificateFacts): object {
  const { stored } = subject;
  return { kid: id(subject, "keys"), attributes: attributes(stored), tags: stored.tags, managed: true };
}

function policy({ vaultUrl, name, stored }: Subject, facts: CertificateFacts): object {
  return {
    id: `${vaultUrl}/certificates/${name}/policy`,
    key_props: { exportable: facts.exportable, kty: "RSA", key_size: facts.keySizeBits, reuse_key: false },
    secret_props: { contentType: facts.contentType },
    x509_props: { subject: facts.subject },
    issuer: { name: "Unknown" },
    attributes: { enabled: true, created: seconds(stored.createdMs), updated: seconds(stored.updatedMs) },
  };
}

function id({ vaultUrl, name, stored }: Subject, collection: "secrets" | "certificates" | "keys"): string {
  return `${vaultUrl}/${collection}/${name}/${stored.version}`;
}

function attributes(stored: StoredVersion): object {
  return {
    enabled: stored.enabled,
    ...(stored.notBeforeMs !== undefined && { nbf: seconds(stored.notBeforeMs) }),
    ...(stored.expiresMs !== undefined && { exp: seconds(stored.expiresMs) }),
    created: seconds(stored.createdMs),
    updated: seconds(stored.updatedMs),
    ...RECOVERY,
  };
}

function seconds(ms: number): number {
  return Math.floor(ms / 1_000);
}
