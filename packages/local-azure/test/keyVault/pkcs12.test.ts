import { createPrivateKey } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { Pkcs12Encryption } from "../../src/keyVault/pkcs12.ts";
import { toPkcs12 } from "../../src/keyVault/pkcs12.ts";
import { makeSelfSignedCertificate } from "../../src/keyVault/selfSigned.ts";

const DAY_MS = 86_400_000;
/** DER of pkcs8ShroudedKeyBag, 1.2.840.113549.1.12.10.1.2: a key that is encrypted (RFC 7292, 4.2.2). */
const SHROUDED_KEY_BAG = Buffer.from("060b2a864886f70d010c0a0102", "hex");
/** DER of keyBag, ...10.1.1: one that is not. */
const KEY_BAG = Buffer.from("060b2a864886f70d010c0a0101", "hex");

describe("toPkcs12", () => {
  it.each<Pkcs12Encryption>(["aes256", "3des"])("encrypts the key with the empty password (%s)", async (encryption) => {
    const notBeforeMs = Date.now();
    const made = await makeSelfSignedCertificate({ subject: "test", notBeforeMs, notAfterMs: notBeforeMs + DAY_MS });
    const { certificatePem, privateKeyPem } = made;
    const file = toPkcs12({ certificatesPem: [certificatePem], privateKeyPem, encryption });
    expect(file.includes(SHROUDED_KEY_BAG)).toBe(true);
    expect(file.includes(KEY_BAG)).toBe(false);
    const { d = "" } = createPrivateKey(privateKeyPem).export({ format: "jwk" });
    expect(file.includes(Buffer.from(d, "base64url"))).toBe(false);
  });
});
