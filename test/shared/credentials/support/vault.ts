import { randomBytes } from "node:crypto";
import type { LocalEntra } from "@obo-gateway/local-azure/entra/entra.ts";
import { startEntra } from "@obo-gateway/local-azure/entra/entra.ts";
import type { LocalKeyVault } from "@obo-gateway/local-azure/keyVault/keyVault.ts";
import { startKeyVault } from "@obo-gateway/local-azure/keyVault/keyVault.ts";
import type { Seed } from "@obo-gateway/local-azure/seed.ts";
import { seedDirectory } from "@obo-gateway/local-azure/seed.ts";
import type { ServerIdentity } from "@obo-gateway/local-azure/tls/certificateAuthority.ts";
import { createCertificateAuthority } from "@obo-gateway/local-azure/tls/certificateAuthority.ts";
import { afterAll, beforeAll, beforeEach } from "vitest";
import type { KeyVaultCertificateSettings } from "../../../../shared/config/settings.ts";
import type { CredentialSource } from "../../../../shared/credentials/clientCredential.ts";
import { CredentialLoadError } from "../../../../shared/credentials/clientCredential.ts";
import { vaultSecretSource } from "../../../../shared/credentials/credentialSources.ts";
import type { KeyVaultSourceOptions } from "../../../../shared/credentials/keyVaultSource.ts";
import { keyVaultSource } from "../../../../shared/credentials/keyVaultSource.ts";
import { vaultSignedSource } from "../../../../shared/credentials/vaultSignedSource.ts";
import { trustCa } from "./trust.ts";

export const SOURCE = "AzureAd__ClientCredentials__0 (KeyVault)";

/** A vault, the Entra ID whose tokens it takes, and sources that read it with the real SDK. */
export interface VaultWorld {
  readonly entra: LocalEntra;
  readonly vault: LocalKeyVault;
  readonly seed: Seed;
  /** For servers of the tests' own. */
  readonly tls: ServerIdentity;
  /** PEM of the CA that vouches for them. */
  readonly trustedCa: string;
  /** A certificate with its key. */
  source(certificateName: string, more?: VaultSourceOptions): CredentialSource;
  /** A certificate whose key stays in the vault. */
  signedSource(certificateName: string, more?: VaultSourceOptions): CredentialSource;
  secretSource(secretName: string, more?: VaultSourceOptions): CredentialSource;
}

export interface VaultSourceOptions {
  readonly keyVaultUrl?: string;
  /** Of the identity that reads the vault. */
  readonly clientId?: string;
  readonly clientSecret?: string;
  readonly sendX5C?: boolean;
  readonly now?: () => number;
}

/** Starts them for the tests of a file; each test begins without faults. */
export function useVault(): VaultWorld {
  let running: Omit<VaultWorld, "source" | "signedSource" | "secretSource"> | undefined;
  const world = () => {
    if (running === undefined) throw new Error("The vault starts with the first test.");
    return running;
  };
  beforeAll(async () => {
    const authority = await createCertificateAuthority();
    trustCa(authority.certificatePem);
    const tls = await authority.issue();
    const seed = seedDirectory({ randomBytes, now: Date.now });
    const entra = await startEntra({ tls, directory: seed.directory });
    const vault = await startKeyVault({
      tls,
      entraUrl: entra.url,
      tenantId: seed.tenant.id,
      trustedCa: authority.certificatePem,
      access: { model: "rbac", grants: { [seed.vaultReader.clientId]: ["secrets/get"] } },
    });
    running = { entra, vault, seed, tls, trustedCa: authority.certificatePem };
  });
  beforeEach(() => {
    world().vault.faults.clear();
    world().entra.faults.clear();
  });
  afterAll(async () => {
    await running?.vault.close();
    await running?.entra.close();
  });
  const certificate = (certificateName: string, { keyVaultUrl }: VaultSourceOptions): KeyVaultCertificateSettings => ({
    keyVaultUrl: keyVaultUrl ?? world().vault.url,
    certificateName,
    managedIdentityClientId: undefined,
  });
  const options = (more: VaultSourceOptions): KeyVaultSourceOptions => {
    const { entra, seed } = world();
    return {
      clientId: seed.gateway.clientId,
      sendX5C: more.sendX5C ?? false,
      now: more.now ?? Date.now,
      source: SOURCE,
      instance: entra.url,
      environment: {
        AZURE_TENANT_ID: seed.tenant.id,
        AZURE_CLIENT_ID: more.clientId ?? seed.vaultReader.clientId,
        AZURE_CLIENT_SECRET: more.clientSecret ?? seed.vaultReaderSecret,
      },
    };
  };
  return {
    get entra() {
      return world().entra;
    },
    get vault() {
      return world().vault;
    },
    get seed() {
      return world().seed;
    },
    get tls() {
      return world().tls;
    },
    get trustedCa() {
      return world().trustedCa;
    },
    source: (name, more = {}) => keyVaultSource(certificate(name, more), options(more)),
    signedSource: (name, more = {}) => vaultSignedSource(certificate(name, more), options(more)),
    secretSource(secretName, more = {}) {
      const keyVaultUrl = more.keyVaultUrl ?? world().vault.url;
      return vaultSecretSource({ keyVaultUrl, secretName, managedIdentityClientId: undefined }, options(more));
    },
  };
}

/** The error that loading ends with. */
export async function loadFailure(source: CredentialSource): Promise<CredentialLoadError> {
  try {
    await source.load();
  } catch (error) {
    if (error instanceof CredentialLoadError) return error;
    throw error;
  }
  throw new Error("The credential was loaded.");
}
