import { generateKeyPair, type KeyObject, randomBytes, X509Certificate } from "node:crypto";
import { promisify } from "node:util";
import forge from "node-forge";

const KEY_BITS = 2048;
const CERTIFICATE_LIFETIME_MS = 5 * 365 * 86_400_000;

export interface SigningKey {
  /** As with Entra ID: the SHA-1 thumbprint of the certificate, base64url; `x5t` is the same. */
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  /** Base64 DER: the entry of `x5c`. */
  readonly certificate: string;
}

/** The keys that sign tokens. The first is in use; those behind it are still published. */
export interface SigningKeys {
  readonly current: SigningKey;
  readonly published: readonly SigningKey[];
  find(kid: string | undefined): SigningKey | undefined;
  /** Puts a new key in use. The old one stays published, or leaves at once (and with it all that it signed). */
  roll(old: "stays" | "leaves"): Promise<void>;
}

export async function createSigningKeys(now: () => number): Promise<SigningKeys> {
  let published = [await createSigningKey(now())] as [SigningKey, ...SigningKey[]];
  return {
    get current() {
      return published[0];
    },
    get published() {
      return published;
    },
    find: (kid) => published.find((key) => key.kid === kid),
    async roll(old) {
      const key = await createSigningKey(now());
      published = old === "stays" ? [key, ...published] : [key];
    },
  };
}

/** A new RSA key, with the self-signed certificate that Entra ID wraps its keys in. */
export async function createSigningKey(nowMs: number): Promise<SigningKey> {
  const { publicKey, privateKey } = await promisify(generateKeyPair)("rsa", { modulusLength: KEY_BITS });
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.publicKeyFromPem(publicKey.export({ type: "spki", format: "pem" }).toString());
  certificate.serialNumber = `01${randomBytes(15).toString("hex")}`;
  certificate.validity.notBefore = new Date(nowMs);
  certificate.validity.notAfter = new Date(nowMs + CERTIFICATE_LIFETIME_MS);
  const name = [{ name: "commonName", value: "accounts.accesscontrol.windows.net" }];
  certificate.setSubject(name);
  certificate.setIssuer(name);
  certificate.sign(
    forge.pki.privateKeyFromPem(privateKey.export({ type: "pkcs8", format: "pem" }).toString()),
    forge.md.sha256.create(),
  );
  const { raw, fingerprint } = new X509Certificate(forge.pki.certificateToPem(certificate));
  return {
    kid: Buffer.from(fingerprint.replaceAll(":", ""), "hex").toString("base64url"),
    privateKey,
    publicKey,
    certificate: raw.toString("base64"),
  };
}
