import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, beforeEach } from "vitest";
import type { LocalEntra } from "../../../../local/entra/entra.ts";
import { startEntra } from "../../../../local/entra/entra.ts";
import type { LocalKeyVault } from "../../../../local/keyVault/keyVault.ts";
import { startKeyVault } from "../../../../local/keyVault/keyVault.ts";
import type { Seed } from "../../../../local/seed.ts";
import { seedDirectory } from "../../../../local/seed.ts";
import type { ServerIdentity } from "../../../../local/tls/certificateAuthority.ts";
import { createCertificateAuthority } from "../../../../local/tls/certificateAuthority.ts";
import type { KeyVaultCertificateSettings } from "../../../../shared/config/settings.ts";
import type { CredentialSource } from "../../../../shared/credentials/clientCredential.ts";
import { CredentialLoadError } from "../../../../shared/credentials/clientCredential.ts";
import { keyVaultSource } from "../../../../shared/credentials/keyVaultSource.ts";
import { trustCa } from "./trust.ts";

export const SOURCE = "AzureAd__ClientCredentials__0 (KeyVault)";

/** A vault, the Entra ID whose tokens it takes, and sources that read it with the real SDK. */
export interface VaultWorld {
  readonly entra: LocalEntra;
  readonly vault: LocalKeyVault;
  readonly seed: Seed;
  /** For servers of the tests' own. */
  readonly tls: ServerIdentity;
  source(certificateName: string, more?: VaultSourceOptions): CredentialSource;
}

export interface VaultSourceOptions {
  readonly keyVaultUrl?: string;
  /** Of the identity that reads the vault. */
  readonly clientId?: string;
  readonly clientSecret?: string;
}

/** Starts them for the tests of a file; each test begins without faults. */
export function useVault(): VaultWorld {
  let running: Omit<VaultWorld, "source"> | undefined;
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
    running = { entra, vault, seed, tls };
  });
  beforeEach(() => {
    world().vault.faults.clear();
    world().entra.faults.clear();
  });
  afterAll(async () => {
    await running?.vault.close();
    await running?.entra.close();
  });
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
    source(certificateName, more = {}) {
      const { entra, vault, seed } = world();
      const settings: KeyVaultCertificateSettings = {
        keyVaultUrl: more.keyVaultUrl ?? vault.url,
        certificateName,
        managedIdentityClientId: undefined,
      };
      return keyVaultSource(settings, {
        clientId: seed.gateway.clientId,
        sendX5C: false,
        now: Date.now,
        source: SOURCE,
        instance: entra.url,
        environment: {
          AZURE_TENANT_ID: seed.tenant.id,
          AZURE_CLIENT_ID: more.clientId ?? seed.vaultReader.clientId,
          AZURE_CLIENT_SECRET: more.clientSecret ?? seed.vaultReaderSecret,
        },
      });
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
