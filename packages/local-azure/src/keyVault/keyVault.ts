import { createAccessTokenVerifier } from "../net/accessTokenVerifier.ts";
import { type HttpsService, startHttpsService } from "../net/httpsService.ts";
import { createRequestJournal } from "../net/requestJournal.ts";
import { createServerFaults } from "../net/serverFaults.ts";
import type { ServerIdentity } from "../tls/certificateAuthority.ts";
import { type AccessPolicy, createAccessControl } from "./access.ts";
import { type CertificateImport, readCertificate } from "./certificateImport.ts";
import { KEY_VAULT_AUDIENCES } from "./challenge.ts";
import { createKeyVaultFaults, type FaultAnswer, type KeyVaultFaults } from "./faults.ts";
import { answerFailure, answerRequest, type KeyVaultRequest, type Vault } from "./requestHandler.ts";
import type { Permission, Role } from "./roles.ts";
import {
  type PreparedCertificate,
  prepareRotation,
  type RotatedCertificate,
  type RotationOptions,
} from "./rotation.ts";
import { createStore } from "./store.ts";

export interface KeyVaultOptions {
  readonly tls: ServerIdentity;
  /** Base URL of Entra ID, whose keys for `tenantId` sign the tokens that the vault takes. */
  readonly entraUrl: string;
  readonly tenantId: string;
  /** PEM of the CA to trust when fetching those keys. */
  readonly trustedCa: string;
  readonly access: AccessPolicy;
  /** 0, the default: any free port. */
  readonly port?: number;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

/** Azure Key Vault on one machine: its REST API for secrets, certificates and their keys, over TLS, for tokens of one tenant. */
export interface LocalKeyVault {
  /** `https://localhost:PORT` */
  readonly url: string;
  /** Adds a version and gives its id. @throws KeyVaultError when the name is invalid, deleted, or a certificate's. */
  setSecret(name: string, value: string, contentType?: string): string;
  /** Adds a version, as certificate, secret and key, and gives its id. @throws Error when the key does not fit. */
  importCertificate(name: string, source: CertificateImport): string;
  /** Adds a new self-signed version, like the newest. @throws KeyVaultError 404 */
  rotateCertificate(name: string, options?: RotationOptions): Promise<RotatedCertificate>;
  /** Makes it without adding it: for who registers it at Entra ID first, and then calls `importCertificate(name, source)`. */
  prepareCertificate(name: string, options?: RotationOptions): Promise<PreparedCertificate>;
  /** Ids, newest last. A version cannot be deleted, as in Key Vault: it can be disabled. @throws KeyVaultError 404 */
  versionsOf(name: string): readonly string[];
  disableVersion(name: string, version: string): void;
  enableVersion(name: string, version: string): void;
  /** Soft-deletes: the name is neither found nor free until `recover`. */
  removeSecret(name: string): void;
  /** Soft-deletes a certificate with its secret. */
  removeCertificate(name: string): void;
  recover(name: string): void;
  /** Permissions of an object id or application id. */
  grant(id: string, permissions: readonly Permission[]): void;
  /** One of Azure's built-in roles, for the whole vault or one object (`/secrets/name`). @throws Error without RBAC. */
  assignRole(id: string, role: Role, object?: string): void;
  revoke(id: string, permissions?: readonly Permission[]): void;
  readonly faults: KeyVaultFaults;
  /** The latest calls, from their arrival on; an entry is complete once `onRequest` has told of it. */
  readonly requests: readonly Readonly<KeyVaultRequest>[];
  /** Calls back when a call is over; the function returned ends that. */
  onRequest(listener: (request: Readonly<KeyVaultRequest>) => void): () => void;
  /** Calls back when a call arrives, before it is answered. */
  onArrival(listener: (request: Readonly<KeyVaultRequest>) => void): () => void;
  close(): Promise<void>;
}

/** @throws PortTakenError when the port is in use. */
export async function startKeyVault(options: KeyVaultOptions): Promise<LocalKeyVault> {
  const { tls, tenantId, trustedCa, port = 0, now = Date.now } = options;
  const entraUrl = options.entraUrl.replace(/\/+$/, "");
  const store = createStore(now);
  const access = createAccessControl(options.access);
  const journal = createRequestJournal<KeyVaultRequest>();
  const faults = createServerFaults<FaultAnswer>(() => service);
  const verifier = createAccessTokenVerifier({ entraUrl, tenantId, trustedCa, audience: KEY_VAULT_AUDIENCES, now });
  const authority = `${entraUrl}/${tenantId}`;
  const vault: Vault = { url: () => service.url, authority, now, store, access, verifier, faults, journal };
  const service: HttpsService = await startHttpsService({
    part: "Key Vault",
    tls,
    port,
    answer: (exchange) => answerRequest(vault, exchange),
    failed: answerFailure,
  });
  const importCertificate = (name: string, source: CertificateImport): string =>
    store.addCertificate(name, readCertificate(source)).version;
  return {
    url: service.url,
    setSecret: (name, value, contentType) => store.addSecret(name, { value, contentType }).version,
    importCertificate,
    async rotateCertificate(name, rotation) {
      const { source, ...made } = await prepareRotation(store, name, now(), rotation);
      return { ...made, version: importCertificate(name, source) };
    },
    prepareCertificate: (name, rotation) => prepareRotation(store, name, now(), rotation),
    versionsOf: (name) => store.versions("secret", name).map(({ version }) => version),
    disableVersion: (name, version) => store.setEnabled(name, version, false),
    enableVersion: (name, version) => store.setEnabled(name, version, true),
    removeSecret: (name) => store.softDelete("secret", name),
    removeCertificate: (name) => store.softDelete("certificate", name),
    recover: store.recover,
    grant: access.grant,
    assignRole: access.assignRole,
    revoke: access.revoke,
    faults: createKeyVaultFaults(faults),
    requests: journal.entries,
    onRequest: journal.onFinish,
    onArrival: journal.onArrival,
    async close() {
      await service.close();
      await verifier.close();
    },
  };
}
