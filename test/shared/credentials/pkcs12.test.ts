import { X509Certificate } from "node:crypto";
import forge from "node-forge";
import { describe, expect, it } from "vitest";
import { readCertificate } from "../../../shared/credentials/fileSource.ts";
import { certificateFromPkcs12 } from "../../../shared/credentials/pkcs12.ts";
import { fixture, selfSigned } from "./support/certificates.ts";

const own = new X509Certificate(fixture("certificate.pem"));
const WRONG_PASSWORD = /MAC could not be verified\. Invalid password/;

describe("certificateFromPkcs12, of files made by OpenSSL", () => {
  it.each([
    ["AES-256", "aes256.pfx", "correct"],
    ["3DES", "3des.pfx", "correct"],
    ["40-bit RC2 certificates, as old Windows makes them", "rc2-40.pfx", "correct"],
    ["AES-256 with the empty password", "aes256-empty.pfx", ""],
    ["40-bit RC2 with the empty password", "rc2-40-empty.pfx", ""],
  ])("reads %s: key, certificate, and the chain behind it", (_what, file, password) => {
    const { privateKey, chain } = certificateFromPkcs12(fixture(file), password);
    expect(chain.map(({ subject }) => subject)).toEqual(["CN=obo-gateway test", "CN=obo-gateway test root"]);
    expect(chain[0].raw).toEqual(own.raw);
    expect(own.checkPrivateKey(privateKey)).toBe(true);
  });

  it("reads one without any encryption", () => {
    expect(certificateFromPkcs12(fixture("plain.pfx"), "").chain[0].raw).toEqual(own.raw);
  });

  it.each([
    ["a wrong password", "aes256.pfx", "wrong", WRONG_PASSWORD],
    ["a wrong password (RC2)", "rc2-40.pfx", "wrong", WRONG_PASSWORD],
    ["no password where one is needed", "aes256.pfx", "", WRONG_PASSWORD],
    ["a password where it is empty", "rc2-40-empty.pfx", "correct", WRONG_PASSWORD],
    ["a file without a key", "no-key.pfx", "correct", "there is no private key in it, or not an RSA one"],
    ["an elliptic curve key", "elliptic-curve.pfx", "correct", "there is no private key in it, or not an RSA one"],
  ])("refuses %s", (_what, file, password, message) => {
    expect(() => certificateFromPkcs12(fixture(file), password)).toThrow(message);
  });

  it.each([
    ["text", Buffer.from("not a certificate")],
    ["nothing", Buffer.alloc(0)],
    ["half a file", fixture("aes256.pfx").subarray(0, 700)],
  ])("refuses %s", (_what, file) => {
    expect(() => certificateFromPkcs12(file, "")).toThrow("it is neither PEM nor PKCS#12, or is incomplete");
  });

  it("refuses DER of another kind", () => {
    expect(() => certificateFromPkcs12(own.raw, "")).toThrow("not an PKCS#12 PFX");
  });

  it("never repeats a password", () => {
    try {
      certificateFromPkcs12(fixture("aes256.pfx"), "a-wrong-password");
      expect.unreachable();
    } catch (error) {
      expect(String(error)).not.toContain("a-wrong-password");
    }
  });
});

describe("certificateFromPkcs12, of files with no password at all", () => {
  // .NET's X509Certificate2.Export without a password: the key of the MAC is derived from nothing, not from "".
  it("reads them with the empty password", async () => {
    const { privateKeyPem, certificatePem } = await selfSigned();
    const asn1 = forge.pkcs12.toPkcs12Asn1(
      forge.pki.privateKeyFromPem(privateKeyPem),
      [forge.pki.certificateFromPem(certificatePem)],
      // Null is no password; the types know only strings.
      null as unknown as string,
      { algorithm: "3des", useMac: true },
    );
    const file = Buffer.from(forge.asn1.toDer(asn1).getBytes(), "binary");
    expect(certificateFromPkcs12(file, "").chain[0].raw).toEqual(new X509Certificate(certificatePem).raw);
    expect(() => certificateFromPkcs12(file, "some")).toThrow(WRONG_PASSWORD);
  });
});

describe("readCertificate", () => {
  it("knows PEM from PKCS#12 by the content", async () => {
    const { privateKeyPem, certificatePem } = await selfSigned();
    const pem = await readCertificate(Buffer.from(privateKeyPem + certificatePem), "");
    expect(pem.chain[0].subject).toBe("CN=obo-gateway test");
    expect((await readCertificate(fixture("aes256.pfx"), "correct")).chain).toHaveLength(2);
  });
});
