import type { LocalEntra } from "@obo-gateway/local-azure/entra/entra.ts";
import { TOKEN_EXCHANGE } from "@obo-gateway/local-azure/entra/federatedAssertion.ts";
import { issuerOf } from "@obo-gateway/local-azure/entra/issuer.ts";
import type { CertificateContentType } from "@obo-gateway/local-azure/keyVault/certificateImport.ts";
import type { LocalKeyVault } from "@obo-gateway/local-azure/keyVault/keyVault.ts";
import { makeSelfSignedCertificate } from "@obo-gateway/local-azure/keyVault/selfSigned.ts";
import type { Seed } from "@obo-gateway/local-azure/seed.ts";

const YEAR_MS = 365 * 86_400_000;
const BACKDATED_MS = 60_000;

/** The names under which the vault holds the gateway's certificates: in either form, and one whose key never leaves it. */
export const CERTIFICATES = { pfx: "obo-gateway-pfx", pem: "obo-gateway-pem", kept: "obo-gateway-kept" } as const;
/** The name under which it holds the gateway's client secret. */
export const SECRET = "obo-gateway-secret";

const FORMS: Readonly<Record<keyof typeof CERTIFICATES, CertificateContentType>> = {
  pfx: "application/x-pkcs12",
  pem: "application/x-pem-file",
  kept: "application/x-pem-file",
};

/**
 * Every kind of credential that the gateway's app can have, each registered at Entra ID as an operator would: certificates, a
 * secret in the vault, and trust in the managed identity. Whoever reads the vault gets the least of Azure's roles.
 */
export async function issueCredentials(
  seed: Seed,
  entra: LocalEntra,
  keyVault: LocalKeyVault,
  nowMs: number,
): Promise<void> {
  const credentials = entra.credentialsOf(seed.gateway.clientId);
  for (const form of ["pfx", "pem", "kept"] as const) {
    const made = await makeSelfSignedCertificate({
      subject: `obo-gateway (${form})`,
      notBeforeMs: nowMs - BACKDATED_MS,
      notAfterMs: nowMs + YEAR_MS,
    });
    const { certificatePem, privateKeyPem } = made;
    keyVault.importCertificate(CERTIFICATES[form], {
      certificatePem,
      privateKeyPem,
      contentType: FORMS[form],
      exportable: form !== "kept",
    });
    credentials.addCertificate(certificatePem);
  }
  keyVault.setSecret(SECRET, credentials.addSecret({ keyId: "in the vault" }).value);
  const { managedIdentity, tenant, vaultReader } = seed;
  credentials.addFederated({
    issuer: issuerOf(entra.url, tenant.id, 2),
    subject: managedIdentity.principalId,
    audience: TOKEN_EXCHANGE.appIdUri,
  });
  for (const reader of [vaultReader.clientId, managedIdentity.principalId]) {
    keyVault.assignRole(reader, "Key Vault Secrets User");
    keyVault.assignRole(reader, "Key Vault Crypto User", `/keys/${CERTIFICATES.kept}`);
    keyVault.assignRole(reader, "Key Vault Reader", `/certificates/${CERTIFICATES.kept}`);
  }
}
