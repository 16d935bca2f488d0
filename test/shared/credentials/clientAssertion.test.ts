import { X509Certificate } from "node:crypto";
import { inspect } from "node:util";
import { decodeJwt, decodeProtectedHeader, jwtVerify } from "jose";
import { beforeAll, describe, expect, it } from "vitest";
import type { Certificate } from "../../../shared/credentials/certificate.ts";
import { certificateFromPem } from "../../../shared/credentials/certificate.ts";
import { certificateCredential } from "../../../shared/credentials/clientAssertion.ts";
import type { ClientCredential } from "../../../shared/credentials/clientCredential.ts";
import { issued } from "./support/certificates.ts";

const CLIENT = "20000000-0000-4000-8000-000000000001";
const TOKEN_ENDPOINT = "https://login.microsoftonline.com/10000000-0000-4000-8000-000000000001/oauth2/v2.0/token";
const NOW_MS = Date.UTC(2026, 5, 1, 12, 0, 0, 750);
const NOW_S = Math.floor(NOW_MS / 1_000);

describe("certificateCredential", () => {
  let certificate: Certificate;
  beforeAll(async () => {
    const { privateKeyPem, certificatePem, issuerPem } = await issued();
    certificate = certificateFromPem(Buffer.from(privateKeyPem + certificatePem + issuerPem), "");
  });

  function credential(sendX5C = false): ClientCredential {
    return certificateCredential(certificate, { clientId: CLIENT, sendX5C, now: () => NOW_MS, source: "the source" });
  }

  async function sign(sendX5C = false): Promise<string> {
    const { proof } = credential(sendX5C);
    if (proof.kind !== "assertion") throw new Error("A certificate proves itself by an assertion.");
    return proof.sign(TOKEN_ENDPOINT);
  }

  it("signs what Entra ID asks for, verifiable with the certificate", async () => {
    const { payload, protectedHeader } = await jwtVerify(await sign(), certificate.chain[0].publicKey, {
      algorithms: ["PS256"],
      audience: TOKEN_ENDPOINT,
      issuer: CLIENT,
      subject: CLIENT,
      currentDate: new Date(NOW_MS),
    });
    const thumbprint = Buffer.from(certificate.chain[0].fingerprint256.replaceAll(":", ""), "hex").toString(
      "base64url",
    );
    expect(protectedHeader).toEqual({ alg: "PS256", typ: "JWT", "x5t#S256": thumbprint });
    expect(payload).toEqual({
      aud: TOKEN_ENDPOINT,
      iss: CLIENT,
      sub: CLIENT,
      jti: expect.stringMatching(/^[0-9a-f-]{36}$/),
      iat: NOW_S,
      nbf: NOW_S,
      exp: NOW_S + 600,
    });
  });

  it("never signs the same twice", async () => {
    const ids = await Promise.all(Array.from({ length: 20 }, async () => decodeJwt(await sign()).jti));
    expect(new Set(ids).size).toBe(20);
  });

  it("sends the chain, leaf first, when it is asked for", async () => {
    const { x5c } = decodeProtectedHeader(await sign(true));
    const chain = (x5c ?? []).map((der) => new X509Certificate(Buffer.from(der, "base64")));
    expect(chain.map(({ raw }) => raw)).toEqual(certificate.chain.map(({ raw }) => raw));
    expect(chain).toHaveLength(2);
  });

  it("names itself by its source and thumbprint, and knows its end", () => {
    const { label, expiresOnMs } = credential();
    expect(label).toBe(`the source certificate ${certificate.chain[0].fingerprint256.replaceAll(":", "")}`);
    expect(expiresOnMs).toBe(Date.parse(certificate.chain[0].validTo));
  });

  it("prints nothing of the key", () => {
    const printed = inspect(credential(), { depth: 9, showHidden: true }) + JSON.stringify(credential());
    const { d, p } = certificate.privateKey.export({ format: "jwk" });
    expect(printed).toContain("the source certificate");
    for (const part of [d, p]) expect(printed).not.toContain(part);
    expect(printed).not.toContain("PRIVATE KEY");
  });
});
