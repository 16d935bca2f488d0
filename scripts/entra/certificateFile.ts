import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";

const LEAST_RSA_BITS = 2048;
const PEM_CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** The public half of a certificate credential. */
export interface CertificateToRegister {
  readonly subject: string;
  /** SHA-1 of the DER certificate, in hexadecimal, as the portal shows it. */
  readonly thumbprint: string;
  readonly derBase64: string;
}

/**
 * Reads a certificate from a PEM or DER file. Private keys in it are not looked at: they stay where they are.
 * @throws Error for a file that cannot be read, and for a certificate that could not be used.
 */
export async function certificateFromFile(file: string, nowMs: number): Promise<CertificateToRegister> {
  const wrong = (why: string): Error => new Error(`--certificate ${file}: ${why}.`);
  const content = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    throw wrong(`the file cannot be read (${error.code})`);
  });
  const certificate = parse(content);
  if (certificate === undefined) throw wrong("there is no certificate in it, neither PEM nor DER");
  const { publicKey, validFromDate, validToDate } = certificate;
  const bits = publicKey.asymmetricKeyDetails?.modulusLength ?? 0;
  if (publicKey.asymmetricKeyType !== "rsa" || bits < LEAST_RSA_BITS) {
    throw wrong(`its key is not RSA with at least ${LEAST_RSA_BITS} bits, which Entra ID and the gateway want`);
  }
  if (validToDate.getTime() <= nowMs) throw wrong(`the certificate expired on ${validToDate.toISOString()}`);
  if (validFromDate.getTime() > nowMs) throw wrong(`the certificate is valid only from ${validFromDate.toISOString()}`);
  return {
    subject: certificate.subject.replaceAll("\n", ", "),
    thumbprint: certificate.fingerprint.replaceAll(":", ""),
    derBase64: certificate.raw.toString("base64"),
  };
}

/** Of a chain the first that is not an authority's; a self-signed one often says that it is one, and stands alone. */
function parse(content: Buffer): X509Certificate | undefined {
  try {
    const blocks = content.toString("latin1").match(PEM_CERTIFICATE) ?? [];
    const all = blocks.length > 0 ? blocks.map((block) => new X509Certificate(block)) : [new X509Certificate(content)];
    return all.find(({ ca }) => !ca) ?? all[0];
  } catch {
    // What OpenSSL says of bytes it cannot read helps nobody.
    return undefined;
  }
}
