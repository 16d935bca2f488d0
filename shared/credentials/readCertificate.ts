import type { Certificate } from "./certificate.ts";
import { certificateFromPem, isPem } from "./pem.ts";

/**
 * Reads a certificate with its key from the content of a file or of a Key Vault secret: PEM, or else PKCS#12. The
 * content is wiped, whatever comes of it.
 * The PKCS#12 reader is loaded when one is met: most of its weight is not needed otherwise.
 */
export async function readCertificate(content: Buffer, password: string): Promise<Certificate> {
  try {
    if (isPem(content)) return certificateFromPem(content, password);
    const { certificateFromPkcs12 } = await import("./pkcs12.ts");
    return certificateFromPkcs12(content, password);
  } finally {
    content.fill(0);
  }
}
