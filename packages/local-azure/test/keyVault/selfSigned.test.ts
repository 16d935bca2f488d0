import { createHash, createPrivateKey, X509Certificate } from "node:crypto";
import { expect, it } from "vitest";
import { makeSelfSignedCertificate } from "../../src/keyVault/selfSigned.ts";

it("makes a certificate whose key, names, times and thumbprints are as asked for", async () => {
  const [notBeforeMs, notAfterMs] = [Date.UTC(2020, 5, 1), Date.UTC(2040, 5, 1)];
  const made = await makeSelfSignedCertificate({ subject: "obo-gateway", notBeforeMs, notAfterMs, bits: 3072 });
  const certificate = new X509Certificate(made.certificatePem);
  const key = createPrivateKey(made.privateKeyPem);
  expect(certificate.subject).toBe("CN=obo-gateway");
  expect(certificate.issuer).toBe("CN=obo-gateway");
  expect(certificate.verify(certificate.publicKey)).toBe(true);
  expect(certificate.ca).toBe(false);
  expect(certificate.validFromDate.getTime()).toBe(notBeforeMs);
  expect(certificate.validToDate.getTime()).toBe(notAfterMs);
  expect(certificate.checkPrivateKey(key)).toBe(true);
  expect(key.asymmetricKeyDetails?.modulusLength).toBe(3072);
  expect(made.thumbprintSha1).toBe(createHash("sha1").update(certificate.raw).digest("base64url"));
  expect(made.thumbprintSha256).toBe(createHash("sha256").update(certificate.raw).digest("base64url"));
});
