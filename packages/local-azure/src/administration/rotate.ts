import type { AppCredentials } from "../entra/appCredentials.ts";
import type { LocalKeyVault } from "../keyVault/keyVault.ts";
import type { RotatedCertificate, RotationOptions } from "../keyVault/rotation.ts";

export interface Rotation {
  readonly credentials: AppCredentials;
  readonly keyVault: LocalKeyVault;
  /** Of the certificate in the vault. */
  readonly name: string;
  /** Where the new certificate appears first: at Entra ID, as it should, or in the vault. */
  readonly first: "entra" | "vault";
  readonly validity?: RotationOptions;
  /** Called while only one side has the new certificate. */
  readonly between?: () => Promise<void>;
}

/** Rotates a certificate on both sides, in either order. The old one stays: with its version, and registered. */
export async function rotate({
  credentials,
  keyVault,
  name,
  first,
  validity,
  between,
}: Rotation): Promise<RotatedCertificate> {
  const { source, ...made } = await keyVault.prepareCertificate(name, validity);
  if (first === "entra") credentials.addCertificate(made.certificatePem);
  const versionBefore = first === "vault" ? keyVault.importCertificate(name, source) : undefined;
  await between?.();
  if (first === "vault") credentials.addCertificate(made.certificatePem);
  return { ...made, version: versionBefore ?? keyVault.importCertificate(name, source) };
}
