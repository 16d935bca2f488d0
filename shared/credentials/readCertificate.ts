import type { Certificate } from "./certificate.ts";
import { certificateFromPem } from "./certificate.ts";

/**
 * Reads a certificate with its key from the content of a file or of a Key Vault secret: PEM, or else PKCS#12.
 * The PKCS#12 reader is loaded when one is met: most of its weight is not needed otherwise.
 */
export async function readCertificate(content: Buffer, password: string): Promise<Certificate> {
  if (content.includes("-----BEGIN ")) return certificateFromPem(content.toString("utf8"), password);
  const { certificateFromPkcs12 } = await import("./pkcs12.ts");
  return certificateFromPkcs12(content, password);
}
