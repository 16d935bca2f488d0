import { generateKeyPair, randomBytes } from "node:crypto";
import { promisify } from "node:util";
import forge from "node-forge";

const DAY_MS = 86_400_000;
const LIFETIME_MS = 30 * DAY_MS;
// The clocks of the two ends may differ by a little.
const BACKDATE_MS = 300_000;
const KEY_BITS = 2048;

/** A server's private key and its certificate (with the CA's behind it), both PEM, as node:https takes them. */
export interface ServerIdentity {
  readonly key: string;
  readonly cert: string;
}

/** A throw-away certificate authority: it lives as long as the process, and its private key is never written anywhere. */
export interface CertificateAuthority {
  /** The root certificate, PEM: what a client must trust. */
  readonly certificatePem: string;
  /** A server certificate for these DNS names and IP addresses. */
  issue(hosts?: readonly string[]): Promise<ServerIdentity>;
}

export async function createCertificateAuthority(now: () => number = Date.now): Promise<CertificateAuthority> {
  const keys = await rsaKeys();
  // Two CAs of the same name in one process would be taken for each other.
  const name = [
    { name: "commonName", value: `obo-gateway local Azure ${randomBytes(4).toString("hex")}` },
    { name: "organizationName", value: "Throw-away CA" },
  ];
  const root = draft(keys.publicKey, name, name, now(), [
    { name: "basicConstraints", critical: true, cA: true, pathLenConstraint: 0 },
    { name: "keyUsage", critical: true, keyCertSign: true, cRLSign: true },
    { name: "subjectKeyIdentifier" },
  ]);
  root.sign(keys.privateKey, forge.md.sha256.create());
  const certificatePem = forge.pki.certificateToPem(root);
  return {
    certificatePem,
    async issue(hosts = ["localhost", "127.0.0.1", "::1"]) {
      const server = await rsaKeys();
      const subject = [{ name: "commonName", value: hosts[0] ?? "localhost" }];
      const certificate = draft(server.publicKey, subject, name, now(), [
        { name: "basicConstraints", critical: true, cA: false },
        { name: "extKeyUsage", serverAuth: true },
        { name: "subjectAltName", altNames: hosts.map(alternativeName) },
      ]);
      certificate.sign(keys.privateKey, forge.md.sha256.create());
      return { key: server.privateKeyPem, cert: forge.pki.certificateToPem(certificate) + certificatePem };
    },
  };
}

interface RsaKeys {
  readonly publicKey: forge.pki.rsa.PublicKey;
  readonly privateKey: forge.pki.rsa.PrivateKey;
  readonly privateKeyPem: string;
}

/** Made by OpenSSL, not by forge: a hundred times faster. */
async function rsaKeys(): Promise<RsaKeys> {
  const pair = await promisify(generateKeyPair)("rsa", {
    modulusLength: KEY_BITS,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
  return {
    publicKey: forge.pki.publicKeyFromPem(pair.publicKey),
    privateKey: forge.pki.privateKeyFromPem(pair.privateKey),
    privateKeyPem: pair.privateKey,
  };
}

function draft(
  publicKey: forge.pki.rsa.PublicKey,
  subject: forge.pki.CertificateField[],
  issuer: forge.pki.CertificateField[],
  nowMs: number,
  extensions: object[],
): forge.pki.Certificate {
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = publicKey;
  // RFC 5280, 4.1.2.2: positive and at most 20 octets; 0x01 in front keeps it so.
  certificate.serialNumber = `01${randomBytes(15).toString("hex")}`;
  certificate.validity.notBefore = new Date(nowMs - BACKDATE_MS);
  certificate.validity.notAfter = new Date(nowMs + LIFETIME_MS);
  certificate.setSubject(subject);
  certificate.setIssuer(issuer);
  certificate.setExtensions(extensions);
  return certificate;
}

const DNS_NAME = 2;
const IP_ADDRESS = 7;

// forge takes each GeneralName (RFC 5280, 4.2.1.6) by its tag number.
function alternativeName(host: string): object {
  return /^[\d.]+$|:/.test(host) ? { type: IP_ADDRESS, ip: host } : { type: DNS_NAME, value: host };
}
