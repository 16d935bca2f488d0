import { createPublicKey, createSign } from "node:crypto";
import { CompactSign } from "jose";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { InvalidRequestError, InvalidTokenError } from "../../../shared/errors/errors.ts";
import { ApimAuthenticator } from "../../../shared/inbound/apimAuthenticator.ts";
import { TokenVerifier } from "../../../shared/inbound/tokenVerifier.ts";
import { UserTokenValidator } from "../../../shared/inbound/userTokenValidator.ts";
import { Secret } from "../../../shared/secret.ts";
import { azureAd, NOW_S, refusal, TENANT, v2Claims, validate, validatorOf } from "./support/assertions.ts";
import type { IdentityProvider, SigningKey } from "./support/identityProvider.ts";
import { createSigningKey, keySet, PUBLIC, sign, startIdentityProvider } from "./support/identityProvider.ts";

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const NOT_CANONICAL = "The access token is not written in base64url without padding (RFC 7515, section 2).";
const MALFORMED = "The access token is not a well-formed signed JWT.";
const WRONG_SIGNATURE = "The access token's signature is not valid.";

/** Every text that a lenient decoder reads as the same bytes: the spare bits of the last digit, with and without padding. */
function spellings(part: string): string[] {
  const bytes = Buffer.from(part, "base64url");
  const last = Array.from(DIGITS, (digit) => part.slice(0, -1) + digit).filter((text) =>
    Buffer.from(text, "base64url").equals(bytes),
  );
  const padding = "=".repeat((4 - (part.length % 4)) % 4);
  return padding === "" ? last : [...last, ...last.map((text) => text + padding)];
}

describe("the spelling of a token", () => {
  let provider: IdentityProvider;
  let key: SigningKey;
  beforeAll(async () => {
    [provider, key] = await Promise.all([startIdentityProvider(), createSigningKey()]);
    provider.answer = () => keySet(key);
  });
  afterAll(() => provider.close());

  const messageOf = async (token: string): Promise<string> => {
    const error = await refusal(validatorOf(provider), token);
    expect(error).toBeInstanceOf(InvalidTokenError);
    return error.message;
  };
  const parts = async (): Promise<[string, string, string]> => {
    const [header = "", payload = "", signature = ""] = (await sign(v2Claims(PUBLIC), key)).split(".");
    return [header, payload, signature];
  };
  const signText = (header: string, payload: string): Promise<string> =>
    new CompactSign(Buffer.from(payload)).setProtectedHeader(JSON.parse(header)).sign(key.privateKey);

  it("is one of the 32 that decode to the same signature", async () => {
    const [header, payload, signature] = await parts();
    const all = spellings(signature).map((text) => `${header}.${payload}.${text}`);
    expect(new Set(all).size).toBe(32);
    const validator = validatorOf(provider);
    const outcomes = await Promise.all(
      all.map((token) =>
        validate(validator, token).then(
          () => "accepted",
          (error: unknown) => (error instanceof InvalidTokenError ? error.message : "failed otherwise"),
        ),
      ),
    );
    expect(outcomes.filter((outcome) => outcome === "accepted")).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === NOT_CANONICAL)).toHaveLength(31);
    await expect(validate(validator, `${header}.${payload}.${signature}`)).resolves.toMatchObject({ tenantId: TENANT });
  });

  it("is the canonical one in each of the three parts, before any key is asked for", async () => {
    const [header, payload, signature] = await parts();
    const keysOf = vi.fn();
    const validator = new UserTokenValidator({ azureAd: azureAd(), keysOf, now: Date.now });
    const wrong = [
      ...["A", "AAAAA"].flatMap((end) => [
        `${header}${end}.${payload}.${signature}`,
        `${header}.${payload}${end}.${signature}`,
      ]),
      ...["=", "==", "AAA", "AAA=", "~", "."].map((end) => `${header}.${payload}.${signature}${end}`),
      `${header}.${payload}.+${signature.slice(1)}`,
      `${header}.${payload}./${signature.slice(1)}`,
    ];
    for (const token of wrong) {
      await expect(validator.validate(new Secret(token))).rejects.toThrow(InvalidTokenError);
      await expect(validator.validate(new Secret(token))).rejects.toThrow(/base64url|not a JWT/);
    }
    // Padding inside is no Bearer token at all (RFC 6750, 2.1).
    for (const token of [`${header}=.${payload}.${signature}`, `${header}.${payload}==.${signature}`]) {
      await expect(validator.validate(new Secret(token))).rejects.toThrow(InvalidRequestError);
    }
    expect(keysOf).not.toHaveBeenCalled();
  });

  it("has three parts: no fourth, no encrypted five", async () => {
    const token = (await parts()).join(".");
    for (const end of [".", ".AAAA", ".AAAA.AAAA"]) {
      expect(await messageOf(token + end)).toBe("The access token is not a JWT.");
    }
  });

  it("leaves no second number for the signature: not s + n, no leading zero, nothing behind it", async () => {
    const [header, payload, signature] = await parts();
    const { n = "" } = createPublicKey(key.publicKey.export({ type: "spki", format: "pem" })).export({ format: "jwk" });
    const number = (bytes: Buffer): bigint => BigInt(`0x${bytes.toString("hex")}`);
    const bytes = Buffer.from(signature, "base64url");
    const sum = number(bytes) + number(Buffer.from(n, "base64url"));
    const hex = sum.toString(16);
    const others = [
      Buffer.from(hex.padStart(hex.length + (hex.length % 2), "0"), "hex"),
      Buffer.concat([Buffer.alloc(1), bytes]),
      Buffer.concat([Buffer.alloc(3), bytes]),
      Buffer.concat([bytes, Buffer.alloc(3)]),
      bytes.subarray(0, -1),
    ];
    for (const other of others) {
      expect(await messageOf(`${header}.${payload}.${other.toString("base64url")}`)).toBe(WRONG_SIGNATURE);
    }
  });

  it("knows no unencoded payload (RFC 7797), even where Entra ID's key signs it", async () => {
    const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
    const signed = (more: Readonly<Record<string, unknown>>): string => {
      const input = `${part({ alg: "RS256", kid: key.kid, ...more })}.${part(v2Claims(PUBLIC))}`;
      return `${input}.${createSign("sha256").update(input).sign(key.privateKey, "base64url")}`;
    };
    expect(await messageOf(signed({ b64: false, crit: ["b64"] }))).toBe(MALFORMED);
    for (const crit of [["exp"], ["b64", "exp"], ["kid"], [], "b64", null]) {
      expect([MALFORMED, WRONG_SIGNATURE]).toContain(await messageOf(signed({ crit })));
    }
    // RFC 7797, 6: without crit the parameter means nothing, and the payload is base64url as always.
    await expect(validate(validatorOf(provider), signed({ b64: false }))).resolves.toMatchObject({ tenantId: TENANT });
  });

  it("takes the last of two header parameters or claims of one name, as RFC 7515, 4 allows", async () => {
    const claims = JSON.stringify({ ...v2Claims(PUBLIC), aud: undefined });
    const twice = (first: string, last: string): string => claims.replace("{", `{"aud":"${first}","aud":"${last}",`);
    const header = JSON.stringify({ alg: "RS256", kid: key.kid });
    const audience = String(v2Claims(PUBLIC).aud);
    await expect(
      validate(validatorOf(provider), await signText(header, twice("other", audience))),
    ).resolves.toMatchObject({ tenantId: TENANT });
    expect(await messageOf(await signText(header, twice(audience, "other")))).toBe(
      "The access token is for another API (aud).",
    );
  });

  it("is the same rule for the gateway's own token", async () => {
    const [header, payload, signature] = await parts();
    const keysOf = vi.fn();
    const gateway = new ApimAuthenticator(
      { authentication: "entra", authorizationApis: [], allowedPrincipals: [], tenantId: TENANT },
      { azureAd: azureAd(), keysOf, now: () => NOW_S * 1_000 },
    );
    for (const text of spellings(signature).filter((each) => each !== signature)) {
      await expect(gateway.authenticate(new Secret(`${header}.${payload}.${text}`))).rejects.toMatchObject({
        code: "gateway_authentication_required",
        diagnosis: `The token in Authorization is not the gateway's: ${NOT_CANONICAL}`,
      });
    }
    expect(keysOf).not.toHaveBeenCalled();
  });

  it("is judged in a time that grows with its length only", async () => {
    const verifier = new TokenVerifier({ azureAd: azureAd(), keysOf: vi.fn(), now: Date.now }, () => undefined);
    const long = "A".repeat(1_000_001);
    for (const token of [`${long}.${long}.${long}`, `${long}.${long}.${long}=`, `${long}~.A.A`]) {
      await expect(verifier.verify(new Secret(token))).rejects.toThrow(NOT_CANONICAL);
    }
  });
});
