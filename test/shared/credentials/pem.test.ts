import { inspect } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";
import * as pem from "../../../shared/credentials/certificate.ts";
import type { KeyAndCertificate } from "./support/certificates.ts";
import { ellipticCurveKey, encrypted, issued, selfSigned } from "./support/certificates.ts";

const NO_PASSWORD = "";

const certificateFromPem = (text: string, password: string) => pem.certificateFromPem(Buffer.from(text), password);

describe("certificateFromPem", () => {
  let own: KeyAndCertificate & { readonly issuerPem: string };
  let other: KeyAndCertificate;
  beforeAll(async () => {
    own = await issued();
    other = await selfSigned();
  });

  it.each([
    ["the key first", () => own.privateKeyPem + own.certificatePem],
    ["the key last", () => own.certificatePem + own.privateKeyPem],
    ["Windows line ends", () => (own.privateKeyPem + own.certificatePem).replace(/\r?\n/g, "\r\n")],
    [
      "what openssl writes between the blocks",
      () =>
        `Bag Attributes\n    friendlyName: my-cert\n${own.certificatePem}\nKey Attributes: <No Attributes>\n${own.privateKeyPem}`,
    ],
  ])("reads %s", (_what, pem) => {
    const { privateKey, chain } = certificateFromPem(pem(), NO_PASSWORD);
    expect(chain).toHaveLength(1);
    expect(chain[0].checkPrivateKey(privateKey)).toBe(true);
  });

  it("puts the key's own certificate first, wherever it stands", () => {
    const { chain } = certificateFromPem(own.issuerPem + own.privateKeyPem + own.certificatePem, NO_PASSWORD);
    expect(chain.map(({ subject }) => subject)).toEqual(["CN=localhost", expect.stringContaining("CN=obo-gateway")]);
  });

  it.each(["pkcs8", "pkcs1"] as const)("reads an encrypted key (%s) with its password", (type) => {
    const pem = encrypted(own.privateKeyPem, "correct", type) + own.certificatePem;
    expect(certificateFromPem(pem, "correct").chain[0].subject).toBe("CN=localhost");
    expect(() => certificateFromPem(pem, "wrong")).toThrow(
      "its private key cannot be decrypted: the password is wrong, or the key is damaged",
    );
    expect(() => certificateFromPem(pem, NO_PASSWORD)).toThrow(
      "its private key is encrypted, and no password is given",
    );
  });

  it("does not mind a password that nothing needs", () => {
    expect(certificateFromPem(own.privateKeyPem + own.certificatePem, "unused").chain).toHaveLength(1);
  });

  it.each([
    ["text", () => "not PEM at all", "there is no private key in it"],
    ["a certificate alone", () => own.certificatePem, "there is no private key in it"],
    ["a key alone", () => own.privateKeyPem, "there is no certificate in it"],
    ["a key without its end", () => own.privateKeyPem.slice(0, 400), "there is no private key in it"],
    ["a damaged key", () => damaged(own.privateKeyPem) + own.certificatePem, "its private key cannot be read"],
    [
      "a damaged certificate",
      () => own.privateKeyPem + damaged(own.certificatePem),
      "one of its certificates cannot be read",
    ],
    [
      "the key of another certificate",
      () => own.privateKeyPem + other.certificatePem,
      "none of its certificates belongs to the private key",
    ],
    [
      "an elliptic curve key",
      () => ellipticCurveKey() + own.certificatePem,
      "its key must be RSA with 2048 to 4096 bits, and is of the type ec",
    ],
  ])("refuses %s", (_what, pem, message) => {
    expect(() => certificateFromPem(pem(), NO_PASSWORD)).toThrow(message);
  });

  it("refuses a small key", async () => {
    const { privateKeyPem, certificatePem } = await selfSigned(1_024);
    expect(() => certificateFromPem(privateKeyPem + certificatePem, NO_PASSWORD)).toThrow(
      "its key must be RSA with 2048 to 4096 bits, and has 1024 bits",
    );
  });

  it("prints nothing of the key", () => {
    const certificate = certificateFromPem(own.privateKeyPem + own.certificatePem, NO_PASSWORD);
    const printed = [inspect(certificate, { depth: 9, showHidden: true }), JSON.stringify(certificate)].join("\n");
    const secretParts = certificate.privateKey.export({ format: "jwk" });
    for (const part of [secretParts.d, secretParts.p, secretParts.q]) {
      expect(part).toBeTypeOf("string");
      expect(printed).not.toContain(part);
    }
    const body = own.privateKeyPem.split("\n")[1] ?? "";
    expect(body).toHaveLength(64);
    expect(printed).not.toContain(body);
  });
});

/** Takes a piece out of the middle of the base64. */
function damaged(pem: string): string {
  const lines = pem.trimEnd().split("\n");
  return `${[...lines.slice(0, 4), ...lines.slice(7)].join("\n")}\n`;
}
