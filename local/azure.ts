import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { identityControl } from "@obo-gateway/local-azure/administration/identity.ts";
import { vaultControl } from "@obo-gateway/local-azure/administration/vault.ts";
import type { ControlRoute } from "@obo-gateway/local-azure/control/route.ts";
import type { LocalDownstream } from "@obo-gateway/local-azure/downstream/downstream.ts";
import { startDownstream } from "@obo-gateway/local-azure/downstream/downstream.ts";
import type { LocalEntra } from "@obo-gateway/local-azure/entra/entra.ts";
import { startEntra } from "@obo-gateway/local-azure/entra/entra.ts";
import type { LocalKeyVault } from "@obo-gateway/local-azure/keyVault/keyVault.ts";
import { startKeyVault } from "@obo-gateway/local-azure/keyVault/keyVault.ts";
import type { LocalManagedIdentity } from "@obo-gateway/local-azure/managedIdentity/managedIdentity.ts";
import { startManagedIdentity } from "@obo-gateway/local-azure/managedIdentity/managedIdentity.ts";
import type { Seed } from "@obo-gateway/local-azure/seed.ts";
import { seedDirectory } from "@obo-gateway/local-azure/seed.ts";
import type { CertificateAuthority } from "@obo-gateway/local-azure/tls/certificateAuthority.ts";
import { createCertificateAuthority } from "@obo-gateway/local-azure/tls/certificateAuthority.ts";
import { issueCredentials } from "./gatewayCredentials.ts";

export { CERTIFICATES, SECRET } from "./gatewayCredentials.ts";

export interface LocalAzureOptions {
  /** 0: any free one. */
  readonly ports?: Partial<Record<LocalPart, number>>;
  /** How long the downstream APIs keep an idle connection, in milliseconds. */
  readonly keepAliveMs?: number;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

export type LocalPart = "entra" | "keyVault" | "managedIdentity" | "profile" | "ledger";

/** Azure on one machine, as far as the gateway meets it: Entra ID, Key Vault, managed identity, and two downstream APIs. */
export interface LocalAzure {
  readonly authority: CertificateAuthority;
  /** The CA's certificate as a file, for `curl --cacert`. */
  readonly caFile: string;
  /** The same together with what NODE_EXTRA_CA_CERTS named already: for the processes started here. */
  readonly trustFile: string;
  readonly seed: Seed;
  readonly entra: LocalEntra;
  readonly keyVault: LocalKeyVault;
  readonly managedIdentity: LocalManagedIdentity;
  readonly profile: LocalDownstream;
  readonly ledger: LocalDownstream;
  close(): Promise<void>;
}

/**
 * Starts all of it.
 * @throws PortTakenError naming the part and the port; what had started by then is stopped again.
 */
export async function startLocalAzure(options: LocalAzureOptions = {}): Promise<LocalAzure> {
  const { ports = {}, keepAliveMs, now = Date.now } = options;
  const started: (() => Promise<void>)[] = [];
  const closeAll = async (): Promise<void> => {
    for (const close of started.reverse()) await close();
  };
  try {
    const authority = await createCertificateAuthority(now);
    const { caFile, trustFile, folder } = await writeTrust(authority.certificatePem);
    started.push(() => rm(folder, { recursive: true, force: true }));
    const tls = await authority.issue();
    const seed = seedDirectory({ randomBytes, now });
    const controls: ControlRoute[] = [];
    const entra = await startEntra({
      tls,
      directory: seed.directory,
      port: ports.entra ?? 0,
      now,
      signIn: { client: seed.client.clientId, scope: seed.scopes.gateway },
      controls,
    });
    started.push(() => entra.close());
    const common = { tls, entraUrl: entra.url, tenantId: seed.tenant.id, trustedCa: authority.certificatePem, now };
    const keyVault = await startKeyVault({
      ...common,
      port: ports.keyVault ?? 0,
      access: { model: "rbac", grants: {} },
    });
    started.push(() => keyVault.close());
    const managedIdentity = await startManagedIdentity({
      entra,
      tenant: seed.tenant,
      identities: [seed.managedIdentity],
      port: ports.managedIdentity ?? 0,
    });
    started.push(() => managedIdentity.close());
    await issueCredentials(seed, entra, keyVault, now());
    controls.push(vaultControl(entra, keyVault), identityControl(managedIdentity));
    const api = (app: Seed["profile"], requiredScope: string, port = 0): Promise<LocalDownstream> =>
      startDownstream({
        ...common,
        port,
        keepAliveMs,
        clientId: app.clientId,
        audience: [app.clientId, ...app.appIdUris],
        requiredScope,
        requiredRole: `${requiredScope}.All`,
      });
    const profile = await api(seed.profile, "Profile.Read", ports.profile);
    started.push(() => profile.close());
    const ledger = await api(seed.ledger, "Ledger.Read", ports.ledger);
    started.push(() => ledger.close());
    return { authority, caFile, trustFile, seed, entra, keyVault, managedIdentity, profile, ledger, close: closeAll };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

/** Node reads NODE_EXTRA_CA_CERTS from one file only: what it named before must not be lost. */
async function writeTrust(certificatePem: string): Promise<{ folder: string; caFile: string; trustFile: string }> {
  const folder = await mkdtemp(join(tmpdir(), "obo-gateway-"));
  const caFile = join(folder, "ca.pem");
  const trustFile = join(folder, "trust.pem");
  const before = process.env.NODE_EXTRA_CA_CERTS;
  await writeFile(caFile, certificatePem);
  await writeFile(trustFile, `${before ? await readFile(before, "utf8") : ""}\n${certificatePem}`);
  return { folder, caFile, trustFile };
}
