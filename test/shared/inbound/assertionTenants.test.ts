import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { InvalidTokenError } from "../../../shared/errors/errors.ts";
import {
  azureAd,
  OTHER_TENANT,
  PERSONAL_ACCOUNTS,
  refusal,
  TENANT,
  v1Claims,
  v2Claims,
  validate,
  validatorOf,
} from "./support/assertions.ts";
import type { IdentityProvider, SigningKey } from "./support/identityProvider.ts";
import {
  CHINA,
  createSigningKey,
  keySet,
  PUBLIC,
  sign,
  startIdentityProvider,
  US_GOVERNMENT,
} from "./support/identityProvider.ts";

const HOST = "login.microsoftonline.com";
const WRONG_TENANT = "The access token is of a tenant whose users may not call this API.";
const WRONG_ISSUER = "The access token is from another issuer (iss).";

describe("the tenant of token A", () => {
  let provider: IdentityProvider;
  let key: SigningKey;
  beforeAll(async () => {
    [provider, key] = await Promise.all([startIdentityProvider(), createSigningKey()]);
  });
  beforeEach(() => {
    provider.requests.length = 0;
    provider.answer = () => keySet(key);
  });
  afterAll(() => provider.close());

  const of = (tenant: string): Promise<string> => sign(v2Claims(PUBLIC, tenant), key);
  const expectRefusal = async (token: string, settings: Record<string, string>, message: string): Promise<void> => {
    const error = await refusal(validatorOf(provider, azureAd(settings)), token);
    expect(error).toBeInstanceOf(InvalidTokenError);
    expect(error).toMatchObject({ code: "invalid_token", message });
  };

  it("is the one the settings name, and another is not asked about", async () => {
    const settings = { TenantId: TENANT.toUpperCase() };
    const validator = validatorOf(provider, azureAd(settings));
    await expect(validate(validator, await of(TENANT))).resolves.toMatchObject({ tenantId: TENANT });
    await expectRefusal(await of(OTHER_TENANT), settings, WRONG_TENANT);
    expect(provider.requests).toEqual([`${HOST}/${TENANT}/discovery/v2.0/keys`]);
  });

  it.each([
    ["none", undefined],
    ["a name", "contoso.onmicrosoft.com"],
    ["a path", `../${TENANT}`],
    ["a list", [TENANT]],
    ["a word that stands for many", "organizations"],
  ])("is a GUID, not %s", async (_case, tid) => {
    const token = await sign({ ...v2Claims(PUBLIC), tid }, key);
    await expectRefusal(token, { TenantId: "organizations" }, "The access token names no tenant (tid).");
    expect(provider.requests).toEqual([]);
  });

  it.each([TENANT, "organizations", "common"])("is the issuer's too (settings: %s)", async (setting) => {
    const v2 = await sign({ ...v2Claims(PUBLIC), iss: `${PUBLIC}/${OTHER_TENANT}/v2.0` }, key);
    await expectRefusal(v2, { TenantId: setting }, WRONG_ISSUER);
    const v1 = await sign({ ...v1Claims("unused"), iss: `https://sts.windows.net/${OTHER_TENANT}/` }, key);
    await expectRefusal(v1, { TenantId: setting }, WRONG_ISSUER);
    const template = await sign({ ...v2Claims(PUBLIC), iss: `${PUBLIC}/{tenantid}/v2.0` }, key);
    await expectRefusal(template, { TenantId: setting }, WRONG_ISSUER);
  });

  it("is one of several, each checked with its own keys", async () => {
    const others = await createSigningKey();
    const listed = [TENANT, OTHER_TENANT];
    provider.answer = (path) => keySet(path.includes(OTHER_TENANT) ? others : key);
    const settings = { TenantId: "organizations", AllowedTenants: listed.join(" ") };
    const validator = validatorOf(provider, azureAd(settings));
    await expect(validate(validator, await of(TENANT))).resolves.toMatchObject({ tenantId: TENANT });
    const other = await sign(v2Claims(PUBLIC, OTHER_TENANT), others);
    await expect(validate(validator, other)).resolves.toMatchObject({ tenantId: OTHER_TENANT });
    expect(provider.requests).toEqual(listed.map((tenant) => `${HOST}/${tenant}/discovery/v2.0/keys`));
    // One tenant's keys sign for no other.
    await expect(refusal(validator, await of(OTHER_TENANT))).resolves.toMatchObject({ code: "invalid_token" });
    await expectRefusal(await of(crypto.randomUUID()), settings, WRONG_TENANT);
    await expectRefusal(await of(PERSONAL_ACCOUNTS), settings, WRONG_TENANT);
  });

  it("is any organisation's, with one set of keys for all, but no personal account", async () => {
    const settings = { TenantId: "Organizations" };
    const validator = validatorOf(provider, azureAd(settings));
    for (const tenant of [TENANT, OTHER_TENANT, crypto.randomUUID()]) {
      await expect(validate(validator, await of(tenant))).resolves.toMatchObject({ tenantId: tenant });
    }
    expect(provider.requests).toEqual([`${HOST}/organizations/discovery/v2.0/keys`]);
    await expectRefusal(await of(PERSONAL_ACCOUNTS), settings, WRONG_TENANT);
  });

  it("is a personal account's as well with common", async () => {
    const validator = validatorOf(provider, azureAd({ TenantId: "common" }));
    await expect(validate(validator, await of(PERSONAL_ACCOUNTS))).resolves.toMatchObject({
      tenantId: PERSONAL_ACCOUNTS,
    });
    await expect(validate(validator, await of(TENANT))).resolves.toMatchObject({ tenantId: TENANT });
    expect(provider.requests).toEqual([`${HOST}/common/discovery/v2.0/keys`]);
  });

  it("of personal accounts may be listed", async () => {
    const settings = azureAd({ TenantId: "common", AllowedTenants: PERSONAL_ACCOUNTS });
    const validator = validatorOf(provider, settings);
    await expect(validate(validator, await of(PERSONAL_ACCOUNTS))).resolves.toBeDefined();
    await expect(refusal(validator, await of(TENANT))).resolves.toMatchObject({ message: WRONG_TENANT });
  });

  it("cannot be signed for with the personal accounts' key that common publishes beside the others", async () => {
    const personal = await createSigningKey();
    provider.answer = () =>
      keySet(
        { ...key.jwk, issuer: `${PUBLIC}/{tenantid}/v2.0` },
        { ...personal.jwk, issuer: `${PUBLIC}/${PERSONAL_ACCOUNTS}/v2.0` },
      );
    const settings = { TenantId: "common" };
    const validator = validatorOf(provider, azureAd(settings));
    const own = await sign(v2Claims(PUBLIC, PERSONAL_ACCOUNTS), personal);
    await expect(validate(validator, own)).resolves.toBeDefined();
    const forged = await sign(v2Claims(PUBLIC, TENANT), personal);
    await expectRefusal(forged, settings, "The access token is signed with a key that is not its tenant's.");
  });

  it.each([
    [PUBLIC, "https://sts.windows.net", "https://sts.chinacloudapi.cn"],
    [US_GOVERNMENT, "https://sts.windows.net", "https://sts.chinacloudapi.cn"],
    [CHINA, "https://sts.chinacloudapi.cn", "https://sts.windows.net"],
  ])("in the cloud %s has the issuers of that cloud", async (instance, v1Issuer, foreignIssuer) => {
    const settings = { Instance: `${instance}/` };
    const validator = validatorOf(provider, azureAd(settings));
    await expect(validate(validator, await sign(v2Claims(instance), key))).resolves.toBeDefined();
    await expect(validate(validator, await sign(v1Claims(v1Issuer), key))).resolves.toBeDefined();
    expect(provider.requests).toEqual([`${new URL(instance).host}/${TENANT}/discovery/v2.0/keys`]);
    await expectRefusal(await sign(v1Claims(foreignIssuer), key), settings, WRONG_ISSUER);
    const elsewhere = instance === PUBLIC ? CHINA : PUBLIC;
    await expectRefusal(await sign(v2Claims(elsewhere), key), settings, WRONG_ISSUER);
  });
});
