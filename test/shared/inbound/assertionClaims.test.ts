import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { GatewayError } from "../../../shared/errors/errors.ts";
import {
  AppOnlyTokenError,
  ClientNotAllowedError,
  InsufficientScopeError,
  InvalidTokenError,
  TokenExpiredError,
} from "../../../shared/errors/errors.ts";
import {
  azureAd,
  CLIENT,
  GATEWAY,
  LIFETIME_S,
  NOW_S,
  refusal,
  TENANT,
  USER,
  v1Claims,
  v2Claims,
  validate,
  validatorOf,
} from "./support/assertions.ts";
import type { IdentityProvider, SigningKey } from "./support/identityProvider.ts";
import { createSigningKey, keySet, PUBLIC, sign, startIdentityProvider } from "./support/identityProvider.ts";

const SKEW_S = 60;
const ANOTHER_APP = "0a1b2c3d-6666-4666-8666-00000000000f";
const STS = "https://sts.windows.net";

describe("the claims of token A", () => {
  let provider: IdentityProvider;
  let key: SigningKey;
  beforeAll(async () => {
    [provider, key] = await Promise.all([startIdentityProvider(), createSigningKey()]);
    provider.answer = () => keySet(key);
  });
  afterAll(() => provider.close());

  const v2 = (claims: Record<string, unknown> = {}): Promise<string> => sign({ ...v2Claims(PUBLIC), ...claims }, key);
  const v1 = (claims: Record<string, unknown> = {}): Promise<string> => sign({ ...v1Claims(STS), ...claims }, key);
  const refused = async (
    claims: Record<string, unknown>,
    settings: Record<string, string> = {},
  ): Promise<GatewayError> => refusal(validatorOf(provider, azureAd(settings)), await v2(claims));

  it("say who the user is, by which client, with which scopes, until when", async () => {
    const token = await v2({ scp: " access_as_user  files.read " });
    const user = await validate(validatorOf(provider), token);
    expect(user).toMatchObject({
      tenantId: TENANT,
      userId: USER,
      clientAppId: CLIENT,
      scopes: ["access_as_user", "files.read"],
      expiresOnMs: (NOW_S + LIFETIME_S) * 1_000,
    });
    expect(user.claims.ver).toBe("2.0");
    expect(user.assertion.reveal()).toBe(token);
    expect(JSON.stringify(user)).not.toContain(token);
  });

  it("are read from v1.0 tokens as well: appid, and the app id URI as audience", async () => {
    const user = await validate(validatorOf(provider), await v1());
    expect(user).toMatchObject({ tenantId: TENANT, userId: USER, clientAppId: CLIENT });
  });

  it("name the user by sub where there is no oid", async () => {
    const user = await validate(validatorOf(provider), await v2({ oid: undefined }));
    expect(user.userId).toBe("pairwise-subject");
  });

  it.each([
    ["no oid and no sub", { oid: undefined, sub: undefined }, "The access token names no user (oid)."],
    ["an empty oid", { oid: "" }, "The access token names no user (oid)."],
    ["another audience", { aud: ANOTHER_APP }, "The access token is for another API (aud)."],
    ["the audience with a slash", { aud: `api://${GATEWAY}/` }, "The access token is for another API (aud)."],
    ["no audience", { aud: undefined }, "The access token is for another API (aud)."],
    ["another issuer", { iss: "https://evil.example/" }, "The access token is from another issuer (iss)."],
    ["no issuer", { iss: undefined }, "The access token is from another issuer (iss)."],
    ["a v1.0 issuer without its slash", { iss: `${STS}/${TENANT}` }, "The access token is from another issuer (iss)."],
    ["no expiry", { exp: undefined }, "The access token's claim exp is missing or wrong."],
    ["an expiry that is a text", { exp: "9999999999" }, "The access token's claim exp is missing or wrong."],
    ["a start beyond the skew", { nbf: NOW_S + SKEW_S + 1 }, "The access token is not valid yet (nbf)."],
    [
      "no scope and no client: an ID token",
      { scp: undefined, azp: undefined, nonce: "n-0S6_WzA2Mj" },
      "The token is no access token (neither scp nor azp or appid): do not send an ID token.",
    ],
  ])("refuse with %s", async (_case, claims, message) => {
    const error = await refused(claims);
    expect(error).toBeInstanceOf(InvalidTokenError);
    expect(error).toMatchObject({
      code: "invalid_token",
      message,
      challenge: { error: "invalid_token", errorDescription: message },
    });
  });

  it("refuse an expired token, to the second beyond the skew", async () => {
    const at = (seconds: number) => validatorOf(provider, azureAd(), () => seconds * 1_000);
    const token = await v2();
    await expect(validate(at(NOW_S + LIFETIME_S + SKEW_S - 1), token)).resolves.toBeDefined();
    const error = await refusal(at(NOW_S + LIFETIME_S + SKEW_S), token);
    expect(error).toBeInstanceOf(TokenExpiredError);
    expect(error).toMatchObject({
      code: "token_expired",
      message: "The access token expired. Get a new one and try again.",
      challenge: { error: "invalid_token", errorDescription: "The access token expired. Get a new one and try again." },
    });
  });

  it("admit a token that starts within the skew", async () => {
    await expect(validate(validatorOf(provider), await v2({ nbf: NOW_S + SKEW_S }))).resolves.toBeDefined();
  });

  it.each([
    ["idtyp app, with a scope all the same", { idtyp: "app" }],
    ["no scp, but the client's id", { scp: undefined, roles: ["Files.Read.All"] }],
    ["an empty scp", { scp: " " }],
    ["an scp that is no text", { scp: ["access_as_user"] }],
  ])("refuse an app's own token: %s", async (_case, claims) => {
    const error = await refused(claims);
    expect(error).toBeInstanceOf(AppOnlyTokenError);
    expect(error).toMatchObject({
      code: "app_only_token",
      message: "The access token was issued to an app, without a user: it cannot be exchanged on behalf of one.",
      challenge: { error: "insufficient_scope" },
    });
    await expect(refusal(validatorOf(provider), await v1(claims))).resolves.toBeInstanceOf(AppOnlyTokenError);
  });

  it("must hold one of the demanded scopes, as a whole word", async () => {
    const one = await refused({ scp: "access_as_users profile" }, { Scopes: "access_as_user" });
    expect(one).toBeInstanceOf(InsufficientScopeError);
    expect(one).toMatchObject({
      code: "insufficient_scope",
      message: "The access token lacks the scope access_as_user.",
      members: { scopes: ["access_as_user"] },
      challenge: { error: "insufficient_scope", scope: ["access_as_user"] },
    });
    const two = await refused({ scp: "profile" }, { Scopes: "access_as_user files.read" });
    expect(two.message).toBe("The access token has none of the scopes access_as_user, files.read.");
    const settings = azureAd({ Scopes: "access_as_user files.read" });
    await expect(validate(validatorOf(provider, settings), await v2({ scp: "x files.read" }))).resolves.toBeDefined();
  });

  it("must name an allowed client where some are listed: azp, or appid", async () => {
    const settings = azureAd({ AllowedClientApplications: CLIENT.toUpperCase() });
    const validator = validatorOf(provider, settings);
    await expect(validate(validator, await v2({ azp: CLIENT.toUpperCase() }))).resolves.toBeDefined();
    await expect(validate(validator, await v1())).resolves.toBeDefined();
    const message = "The client app that this token was issued to may not call this API.";
    for (const token of [await v2({ azp: ANOTHER_APP }), await v1({ appid: ANOTHER_APP })]) {
      const error = await refusal(validator, token);
      expect(error).toBeInstanceOf(ClientNotAllowedError);
      expect(error).toMatchObject({
        code: "client_not_allowed",
        message,
        challenge: { error: "insufficient_scope", errorDescription: message },
        diagnosis: `Client app ${ANOTHER_APP} is not in AzureAd__AllowedClientApplications.`,
      });
    }
    const nameless = await refusal(validator, await v2({ azp: undefined }));
    expect(nameless).toBeInstanceOf(ClientNotAllowedError);
    expect(nameless.diagnosis).toContain("(none named in the token)");
  });

  it("must hold the audience that the settings name, where they name one", async () => {
    const validator = validatorOf(provider, azureAd({ Audience: "api://contoso/gateway" }));
    await expect(validate(validator, await v2({ aud: "api://contoso/gateway" }))).resolves.toBeDefined();
    await expect(refusal(validator, await v2())).resolves.toMatchObject({
      message: "The access token is for another API (aud).",
    });
  });
});
