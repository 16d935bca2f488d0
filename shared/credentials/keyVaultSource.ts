import type { KeyVaultCertificateSettings } from "../config/settings.ts";
import { Secret } from "../secret.ts";
import type { AzureIdentityOptions } from "./azureIdentity.ts";
import { azureIdentity, forResourceOnly } from "./azureIdentity.ts";
import type { CertificateCredentialOptions } from "./clientAssertion.ts";
import { certificateCredential } from "./clientAssertion.ts";
import type { CredentialSource } from "./clientCredential.ts";
import { CredentialLoadError } from "./clientCredential.ts";
import { readCertificate } from "./readCertificate.ts";
import { vaultCloud } from "./vaultCloud.ts";

/** The whole load, retries included: a user is waiting when the app starts cold. */
const LOAD_TIMEOUT_MS = 8_000;
const RETRIES = { maxRetries: 2, retryDelayInMs: 200, maxRetryDelayInMs: 1_000 };
const PKCS12 = "application/x-pkcs12";
const NO_PASSWORD = "";

export interface KeyVaultSourceOptions
  extends CertificateCredentialOptions,
    Omit<AzureIdentityOptions, "managedIdentityClientId"> {}

/**
 * SourceType KeyVault: a certificate with exportable key. Key Vault gives key and certificate under the secret of the
 * certificate's name ("About Azure Key Vault certificates: composition of a certificate").
 */
export function keyVaultSource(
  settings: KeyVaultCertificateSettings,
  options: KeyVaultSourceOptions,
): CredentialSource {
  const { keyVaultUrl, certificateName } = settings;
  const where = `certificate ${certificateName} in ${keyVaultUrl}`;
  return {
    label: options.source,
    async load() {
      try {
        const { value, contentType } = await certificateSecret(settings, options);
        const content = Buffer.from(value.reveal(), contentType === PKCS12 ? "base64" : "utf8");
        return certificateCredential(await readCertificate(content, NO_PASSWORD), options);
      } catch (error) {
        throw new CredentialLoadError(`${options.source}: ${where} cannot be used: ${reasonOf(error)}`, {
          cause: error,
        });
      }
    },
  };
}

async function certificateSecret(
  { keyVaultUrl, certificateName, managedIdentityClientId }: KeyVaultCertificateSettings,
  options: KeyVaultSourceOptions,
): Promise<{ value: Secret; contentType: string | undefined }> {
  const { SecretClient } = await import("@azure/keyvault-secrets");
  const cloud = vaultCloud(keyVaultUrl);
  const identity = await azureIdentity({ ...options, managedIdentityClientId });
  const client = new SecretClient(keyVaultUrl, forResourceOnly(identity, cloud.resource), {
    disableChallengeResourceVerification: !cloud.microsoft,
    retryOptions: RETRIES,
  });
  const limit = AbortSignal.timeout(LOAD_TIMEOUT_MS);
  const secret = await Promise.race([client.getSecret(certificateName, { abortSignal: limit }), whenAborted(limit)]);
  if (secret.value === undefined) throw new Error("the vault gave no value");
  return { value: new Secret(secret.value), contentType: secret.properties.contentType };
}

/** Most of Azure's identities do not listen to the signal handed to them: a hanging sign-in would hold up the load for good. */
function whenAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

const OVERDUE = `no answer from the vault, or from the sign-in that it asks for, within ${LOAD_TIMEOUT_MS} ms`;

const CURES: Readonly<Record<string, string>> = {
  401: "the app's identity was not accepted; check its tenant",
  403: "the app's identity may not read it, or the vault's firewall is in the way; it needs the role Key Vault Secrets User",
  404: "there is no such certificate, or it was deleted",
  429: "the vault is throttling",
  AbortError: OVERDUE,
  TimeoutError: OVERDUE,
};

/** Azure's SDK errors carry whole responses: only what cannot hold a secret is taken over. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const status = "statusCode" in error && typeof error.statusCode === "number" ? error.statusCode : undefined;
  const cure = CURES[status ?? error.name];
  const code = "code" in error && typeof error.code === "string" ? ` (${error.code})` : "";
  if (status !== undefined) {
    return `HTTP ${status}${code}: ${cure ?? (status >= 500 ? "the vault is out of order" : "the vault refuses")}.`;
  }
  return cure === undefined ? `${error.message}${error.message.endsWith(".") ? "" : "."}` : `${cure}.`;
}
