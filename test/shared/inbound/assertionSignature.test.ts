import { createHmac, generateKeyPairSync } from "node:crypto";
import { exportSPKI, SignJWT } from "jose";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { InvalidTokenError } from "../../../shared/errors/errors.ts";
import type { UserTokenValidator } from "../../../shared/inbound/userTokenValidator.ts";
import { OTHER_TENANT, refusal, TENANT, v1Claims, v2Claims, validate, validatorOf } from "./support/assertions.ts";
import type { IdentityProvider, SigningKey } from "./support/identityProvider.ts";
import { createSigningKey, keySet, PUBLIC, sign, startIdentityProvider } from "./support/identityProvider.ts";

const NO_KEY = "The access token is signed with a key that is not its tenant's.";
const WRONG_ALGORITHM = "The access token is signed with an algorithm other than RS256.";
const WRONG_SIGNATURE = "The access token's signature is not valid.";
const NOT_A_JWT = "The access token is not a JWT.";
const NOT_CANONICAL = "The access token is not written in base64url without padding (RFC 7515, section 2).";
const MALFORMED = "The access token is not a well-formed signed JWT.";

describe("the signature of token A", () => {
  let provider: IdentityProvider;
  let key: SigningKey;
  let stranger: SigningKey;
  let validator: UserTokenValidator;
  beforeAll(async () => {
    [provider, key, stranger] = await Promise.all([startIdentityProvider(), createSigningKey(), createSigningKey()]);
  });
  beforeEach(() => {
    provider.answer = () => keySet(key);
    validator = validatorOf(provider);
  });
  afterAll(() => provider.close());

  const expectRefusal = async (token: string, message: string): Promise<void> => {
    const error = await refusal(validator, token);
    expect(error).toBeInstanceOf(InvalidTokenError);
    expect(error).toMatchObject({
      code: "invalid_token",
      message,
      challenge: { error: "invalid_token", errorDescription: message },
    });
  };
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");

  it("is good with the tenant's key", async () => {
    await expect(validate(validator, await sign(v2Claims(PUBLIC), key))).resolves.toMatchObject({ tenantId: TENANT });
  });

  it("is refused with alg none, with and without a signature", async () => {
    const token = await sign(v2Claims(PUBLIC), key);
    const [, payload = "", signature = ""] = token.split(".");
    for (const alg of ["none", "None", "NONE"]) {
      const header = part({ typ: "JWT", alg, kid: key.kid });
      await expectRefusal(`${header}.${payload}.`, WRONG_ALGORITHM);
      await expectRefusal(`${header}.${payload}.${signature}`, WRONG_ALGORITHM);
    }
  });

  it("is refused with HS256 and the public key as its secret", async () => {
    const input = `${part({ typ: "JWT", alg: "HS256", kid: key.kid })}.${part(v2Claims(PUBLIC))}`;
    const pem = await exportSPKI(key.publicKey);
    for (const secret of [pem, pem.trim(), JSON.stringify(key.jwk)]) {
      const signature = createHmac("sha256", secret).update(input).digest("base64url");
      await expectRefusal(`${input}.${signature}`, WRONG_ALGORITHM);
    }
  });

  it("is refused with another algorithm of the same key", async () => {
    const token = await new SignJWT(v2Claims(PUBLIC))
      .setProtectedHeader({ alg: "PS256", kid: key.kid })
      .sign(key.privateKey);
    await expectRefusal(token, WRONG_ALGORITHM);
  });

  it("is refused with a key id that is not published", async () => {
    await expectRefusal(await sign(v2Claims(PUBLIC), stranger), NO_KEY);
  });

  it("is refused without a key id, even where one key only is published and signed it", async () => {
    await expectRefusal(await sign(v2Claims(PUBLIC), key, {}), NO_KEY);
  });

  it("is refused with another key under a published id", async () => {
    await expectRefusal(await sign(v2Claims(PUBLIC), stranger, { kid: key.kid }), WRONG_SIGNATURE);
  });

  it("is refused when a claim was changed after signing", async () => {
    const [header, , signature] = (await sign(v2Claims(PUBLIC), key)).split(".");
    await expectRefusal(
      `${header}.${part({ ...v2Claims(PUBLIC), oid: "someone else" })}.${signature}`,
      WRONG_SIGNATURE,
    );
  });

  it("counts before the time: of a forged token nobody learns that it expired", async () => {
    const token = await sign({ ...v2Claims(PUBLIC), exp: 1 }, stranger, { kid: key.kid });
    await expectRefusal(token, WRONG_SIGNATURE);
  });

  it("ignores a key that the token brings itself", async () => {
    const { privateKey } = stranger;
    const token = await new SignJWT(v2Claims(PUBLIC))
      .setProtectedHeader({ alg: "RS256", kid: stranger.kid, jwk: stranger.jwk, jku: "https://evil.example/keys" })
      .sign(privateKey);
    await expectRefusal(token, NO_KEY);
    expect(provider.requests.filter((path) => path.includes("evil"))).toEqual([]);
  });

  it("is refused with a critical header that nobody here understands", async () => {
    const header = part({ alg: "RS256", kid: key.kid, crit: ["surprise"], surprise: 1 });
    await expectRefusal(`${header}.${part(v2Claims(PUBLIC))}.AAAA`, MALFORMED);
  });

  it.each(["abc", "a.b", "..", "YQ.YQ.YQ", `${"e".repeat(5_001)}.x`])("is not looked for in %j", (token) =>
    expectRefusal(token, NOT_A_JWT),
  );

  it.each(["a.b.c", "eyJ.eyJ.eyJ", `${"e".repeat(5_000)}.x.y`])(
    "is not looked for in %j, which no encoder writes",
    (token) => expectRefusal(token, NOT_CANONICAL),
  );

  it("is not looked for in an encrypted token", () =>
    expectRefusal(`${part({ alg: "RSA-OAEP", enc: "A256GCM" })}.a2V5.aXY.Y2lwaGVy.dGFn`, NOT_A_JWT));

  it("is refused for a key that the set reserves to another issuer, for v1.0 tokens too", async () => {
    const reserved = { ...key.jwk, issuer: `${PUBLIC}/${OTHER_TENANT}/v2.0` };
    provider.answer = () => keySet(reserved);
    await expectRefusal(await sign(v2Claims(PUBLIC), key), NO_KEY);
    await expectRefusal(await sign(v1Claims("https://sts.windows.net"), key), NO_KEY);
  });

  it.each(["{tenantid}", TENANT])("is good with a key that the set keeps for issuer .../%s/v2.0", async (tenant) => {
    provider.answer = () => keySet({ ...key.jwk, issuer: `${PUBLIC}/${tenant}/v2.0` });
    await expect(validate(validator, await sign(v2Claims(PUBLIC), key))).resolves.toBeDefined();
    await expect(validate(validator, await sign(v1Claims("https://sts.windows.net"), key))).resolves.toBeDefined();
  });

  it("is refused where a second entry of the same key id is reserved to another issuer", async () => {
    const encryption = { ...key.jwk, use: "enc" };
    provider.answer = () => keySet(encryption, { ...key.jwk, issuer: `${PUBLIC}/${OTHER_TENANT}/v2.0` });
    await expectRefusal(await sign(v2Claims(PUBLIC), key), NO_KEY);
    validator = validatorOf(provider);
    provider.answer = () => keySet(key, key);
    await expectRefusal(await sign(v2Claims(PUBLIC), key), NO_KEY);
  });

  it("is refused with a key that the set keeps for encryption, or of another type", async () => {
    provider.answer = () => keySet({ ...key.jwk, use: "enc" });
    await expectRefusal(await sign(v2Claims(PUBLIC), key), NO_KEY);
    validator = validatorOf(provider);
    const { publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    provider.answer = () => keySet({ ...publicKey.export({ format: "jwk" }), kid: key.kid });
    await expectRefusal(await sign(v2Claims(PUBLIC), key), NO_KEY);
  });
});
