import { createPrivateKey, generateKeyPairSync } from "node:crypto";
import { readFileSync } from "node:fs";
import { makeSelfSignedCertificate } from "@obo-gateway/local-azure/keyVault/selfSigned.ts";
import { createCertificateAuthority } from "@obo-gateway/local-azure/tls/certificateAuthority.ts";

const DAY_MS = 86_400_000;

export interface KeyAndCertificate {
  readonly privateKeyPem: string;
  readonly certificatePem: string;
}

export function selfSigned(bits = 2_048): Promise<KeyAndCertificate> {
  const nowMs = Date.now();
  return makeSelfSignedCertificate({
    subject: "obo-gateway test",
    notBeforeMs: nowMs - DAY_MS,
    notAfterMs: nowMs + DAY_MS,
    bits,
  });
}

/** A certificate, and that of the authority which issued it. */
export async function issued(): Promise<KeyAndCertificate & { readonly issuerPem: string }> {
  const authority = await createCertificateAuthority();
  const { key, cert } = await authority.issue();
  const certificatePem = cert.slice(
    0,
    cert.indexOf("-----END CERTIFICATE-----") + "-----END CERTIFICATE-----\n".length,
  );
  return { privateKeyPem: key, certificatePem, issuerPem: authority.certificatePem };
}

export function ellipticCurveKey(): string {
  return generateKeyPairSync("ec", { namedCurve: "P-256" })
    .privateKey.export({ type: "pkcs8", format: "pem" })
    .toString();
}

/** `pkcs8` is what today's tools write, `pkcs1` what OpenSSL wrote before. */
export function encrypted(privateKeyPem: string, passphrase: string, type: "pkcs8" | "pkcs1"): string {
  const key = createPrivateKey(privateKeyPem);
  return key.export({ type, format: "pem", cipher: "aes-256-cbc", passphrase }).toString();
}

export function fixture(name: string): Buffer {
  return readFileSync(new URL(`../fixtures/${name}`, import.meta.url));
}
