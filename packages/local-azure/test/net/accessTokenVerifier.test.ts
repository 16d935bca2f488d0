import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type AccessTokenVerifier,
  bearerToken,
  createAccessTokenVerifier,
  SigningKeysUnavailableError,
} from "../../src/net/accessTokenVerifier.ts";
import { createCertificateAuthority } from "../../src/tls/certificateAuthority.ts";
import { startTokenIssuer, type TokenClaims, type TokenIssuer } from "../support/tokenIssuer.ts";

const AUDIENCE = "api://downstream";
const HOUR_SECONDS = 3_600;

describe("the access token verifier", () => {
  let nowMs = Date.now();
  const seconds = (): number => Math.floor(nowMs / 1_000);
  let ca: string;
  let issuer: TokenIssuer;
  let verifier: AccessTokenVerifier;

  const verifierFor = (entraUrl: string, trustedCa = ca): AccessTokenVerifier =>
    createAccessTokenVerifier({ entraUrl, tenantId: issuer.tenantId, trustedCa, audience: AUDIENCE, now: () => nowMs });

  beforeAll(async () => {
    const authority = await createCertificateAuthority();
    ca = authority.certificatePem;
    issuer = await startTokenIssuer(await authority.issue(), () => nowMs);
    verifier = verifierFor(`${issuer.url}/`);
  });
  afterAll(async () => {
    await verifier.close();
    await issuer.close();
  });

  it("gives the claims of a token that holds, from a v2.0 and from a v1.0 issuer", async () => {
    expect(await verifier.verify(await issuer.token({ aud: AUDIENCE, oid: "user" }))).toMatchObject({ oid: "user" });
    const v1 = { aud: AUDIENCE, iss: `https://sts.windows.net/${issuer.tenantId}/` };
    expect(await verifier.verify(await issuer.token(v1))).toMatchObject(v1);
  });

  it.each<[flaw: string, claims: () => TokenClaims]>([
    ["audience", () => ({ aud: "api://another" })],
    ["malformed", () => ({ aud: undefined })],
    ["issuer", () => ({ iss: "https://sts.windows.net/another/" })],
    ["expired", () => ({ exp: seconds() - 1 })],
    ["not yet valid", () => ({ nbf: seconds() + HOUR_SECONDS })],
    ["malformed", () => ({ exp: undefined })],
    ["malformed", () => ({ iat: undefined })],
  ])("refuses for its %s a token with %o", async (flaw, claims) => {
    const token = await issuer.token({ aud: AUDIENCE, ...claims() });
    await expect(verifier.verify(token)).rejects.toMatchObject({ name: "TokenRefusedError", flaw });
  });

  it("goes by its own clock", async () => {
    const token = await issuer.token({ aud: AUDIENCE });
    nowMs += 2 * HOUR_SECONDS * 1_000;
    await expect(verifier.verify(token)).rejects.toMatchObject({ flaw: "expired" });
    nowMs -= 2 * HOUR_SECONDS * 1_000;
    await expect(verifier.verify(token)).resolves.toBeDefined();
  });

  it("refuses a token signed with another key, under a key that is published or not", async () => {
    await expect(verifier.verify(await issuer.forgedToken({ aud: AUDIENCE }))).rejects.toMatchObject({
      flaw: "signature",
    });
    const unknown = (await issuer.token({ aud: AUDIENCE })).replace(
      /^[^.]+/,
      Buffer.from('{"alg":"RS256","kid":"?"}').toString("base64url"),
    );
    await expect(verifier.verify(unknown)).rejects.toMatchObject({ flaw: "signature" });
  });

  it.each(["nonsense", "a.b.c", ""])("refuses %j as malformed", async (token) => {
    await expect(verifier.verify(token)).rejects.toMatchObject({ flaw: "malformed" });
  });

  it("refuses a token without a signature", async () => {
    const [, payload] = (await issuer.token({ aud: AUDIENCE })).split(".");
    const unsigned = `${Buffer.from('{"alg":"none"}').toString("base64url")}.${payload}.`;
    await expect(verifier.verify(unsigned)).rejects.toMatchObject({ flaw: "malformed" });
  });

  it("never puts the token into the message", async () => {
    const token = await issuer.forgedToken({ aud: AUDIENCE });
    const error: unknown = await verifier.verify(token).catch((refused: unknown) => refused);
    expect(String(error)).not.toContain(token.slice(-20));
  });

  it("fetches the keys once, and again for a key that it does not know", async () => {
    await verifier.verify(await issuer.token({ aud: AUDIENCE }));
    const before = issuer.keyRequests;
    await verifier.verify(await issuer.token({ aud: AUDIENCE }));
    expect(issuer.keyRequests).toBe(before);
    await issuer.rollKey();
    await verifier.verify(await issuer.token({ aud: AUDIENCE }));
    expect(issuer.keyRequests).toBe(before + 1);
  });

  it("says when the keys cannot be had: no issuer there, no such tenant, or a CA that is not trusted", async () => {
    const token = await issuer.token({ aud: AUDIENCE });
    const another = (await createCertificateAuthority()).certificatePem;
    for (const deaf of [
      verifierFor("https://localhost:1"),
      verifierFor(`${issuer.url}/elsewhere`),
      verifierFor(issuer.url, another),
    ]) {
      await expect(deaf.verify(token)).rejects.toThrow(SigningKeysUnavailableError);
      await deaf.close();
    }
  });
});

describe("bearerToken", () => {
  it.each([
    ["Bearer abc", "abc"],
    ["bearer  abc ", "abc"],
    ["Basic abc", undefined],
    ["Bearer", undefined],
    ["Bearer a b", undefined],
    [undefined, undefined],
  ])("%j gives %j", (header, token) => expect(bearerToken(header)).toBe(token));
});
