import { randomBytes } from "node:crypto";
import type { CertificateFacts } from "./certificateImport.ts";
import { deletedButRecoverable, KeyVaultError, notFound } from "./errors.ts";

/** One version of a secret; of a certificate too, whose private key Key Vault keeps as a secret of the same name and version. */
export interface StoredVersion {
  readonly version: string;
  readonly value: string;
  readonly contentType: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
  readonly certificate: CertificateFacts | undefined;
  readonly createdMs: number;
  readonly notBeforeMs: number | undefined;
  readonly expiresMs: number | undefined;
  updatedMs: number;
  enabled: boolean;
}

export interface NewSecret {
  readonly value: string;
  readonly contentType?: string | undefined;
  readonly tags?: Readonly<Record<string, string>> | undefined;
  readonly enabled?: boolean | undefined;
  readonly notBeforeMs?: number | undefined;
  readonly expiresMs?: number | undefined;
}

export type ObjectKind = "secret" | "certificate" | "key";

/** The vault's contents. Names are without regard to case, as in Key Vault. */
export interface Store {
  addSecret(name: string, secret: NewSecret): StoredVersion;
  addCertificate(name: string, facts: CertificateFacts): StoredVersion;
  /** Newest last. A certificate is a secret and a key too. @throws KeyVaultError 404 */
  versions(kind: ObjectKind, name: string): readonly StoredVersion[];
  setEnabled(name: string, version: string, enabled: boolean): void;
  softDelete(kind: ObjectKind, name: string): void;
  recover(name: string): void;
}

interface StoredObject {
  readonly kind: ObjectKind;
  readonly versions: StoredVersion[];
  deleted: boolean;
}

export function createStore(now: () => number): Store {
  const objects = new Map<string, StoredObject>();

  function objectToAddTo(kind: ObjectKind, name: string): StoredObject {
    if (!/^[0-9a-z-]{1,127}$/i.test(name)) throw new KeyVaultError(400, "BadParameter", `Invalid name: ${name}`);
    const found = objects.get(name.toLowerCase());
    if (found?.deleted) throw deletedButRecoverable(name);
    if (found !== undefined && found.kind !== kind)
      throw new KeyVaultError(409, "Conflict", `The name ${name} belongs to a ${found.kind}.`);
    const object = found ?? { kind, versions: [], deleted: false };
    objects.set(name.toLowerCase(), object);
    return object;
  }

  function add(kind: ObjectKind, name: string, secret: NewSecret, certificate?: CertificateFacts): StoredVersion {
    const version: StoredVersion = {
      version: randomBytes(16).toString("hex"),
      value: secret.value,
      contentType: secret.contentType,
      tags: secret.tags ?? {},
      certificate,
      createdMs: now(),
      updatedMs: now(),
      notBeforeMs: secret.notBeforeMs,
      expiresMs: secret.expiresMs,
      enabled: secret.enabled ?? true,
    };
    objectToAddTo(kind, name).versions.push(version);
    return version;
  }

  function present(kind: ObjectKind, name: string): StoredObject {
    const object = objects.get(name.toLowerCase());
    if (object === undefined || object.deleted || (kind !== "secret" && object.kind !== "certificate"))
      throw notFound(kind, name);
    return object;
  }

  return {
    addSecret: (name, secret) => add("secret", name, secret),
    addCertificate: (name, facts) =>
      add(
        "certificate",
        name,
        {
          value: facts.secretValue,
          contentType: facts.contentType,
          notBeforeMs: facts.notBeforeMs,
          expiresMs: facts.notAfterMs,
        },
        facts,
      ),
    versions: (kind, name) => present(kind, name).versions,
    setEnabled(name, version, enabled) {
      const found = present("secret", name).versions.find((candidate) => candidate.version === version);
      if (found === undefined) throw notFound("secret", `${name}/${version}`);
      found.enabled = enabled;
      found.updatedMs = now();
    },
    softDelete(kind, name) {
      const object = present(kind, name);
      if (object.kind !== kind)
        throw new KeyVaultError(403, "Forbidden", `The secret ${name} is managed by the certificate of that name.`);
      object.deleted = true;
    },
    recover(name) {
      const object = objects.get(name.toLowerCase());
      if (!object?.deleted) throw new KeyVaultError(404, "SecretNotFound", `Nothing named ${name} is deleted.`);
      object.deleted = false;
    },
  };
}
