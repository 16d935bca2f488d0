import type { CertificateToRegister } from "../certificateFile.ts";
import type { KeyCredential } from "../graphObjects.ts";
import { expiryNotes } from "./expiry.ts";
import type { Section } from "./section.ts";

/** The certificates. The one asked for is added; those that are there stay, as instances may still sign with them. */
export function keyCredentials(
  current: readonly KeyCredential[],
  certificate: CertificateToRegister | undefined,
  nowMs: number,
): Section<KeyCredential[]> {
  const notes = current.flatMap((each) => expiryNotes("certificate", each.displayName, each.endDateTime, nowMs));
  if (certificate === undefined || current.some((each) => isSame(each, certificate))) {
    return { value: [...current], changes: [], notes };
  }
  const { subject, thumbprint, derBase64 } = certificate;
  const added: KeyCredential = { type: "AsymmetricX509Cert", usage: "Verify", key: derBase64, displayName: subject };
  return { value: [...current, added], changes: [`add certificate ${subject} (thumbprint ${thumbprint})`], notes };
}

/** By its bytes, else by its thumbprint, which Graph gives in hexadecimal or, as it does all binary values, in base64. */
function isSame(known: KeyCredential, { derBase64, thumbprint }: CertificateToRegister): boolean {
  if (known.key) return known.key === derBase64;
  const id = known.customKeyIdentifier ?? "";
  return id.toUpperCase() === thumbprint || id === Buffer.from(thumbprint, "hex").toString("base64");
}
