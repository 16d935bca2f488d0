import type { Secret } from "../secret.ts";
import type { CredentialSource } from "./clientCredential.ts";

/** SourceType ClientSecret: the secret stands in the settings (in Azure as a Key Vault reference). */
export function secretSource(secret: Secret, label: string): CredentialSource {
  return {
    label,
    canChange: false,
    load: async () => ({ label, expiresOnMs: undefined, proof: { kind: "secret", secret } }),
  };
}
