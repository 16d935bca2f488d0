import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { tenantKeys } from "../../../shared/entra/signingKeys.ts";
import { GatewayAuthenticationRequiredError } from "../../../shared/errors/errors.ts";
import { ApimAuthenticator } from "../../../shared/inbound/apimAuthenticator.ts";
import { Secret } from "../../../shared/secret.ts";
import { azureAd, CLIENT, NOW_S, OTHER_TENANT, TENANT, v2Claims } from "./support/assertions.ts";
import type { IdentityProvider, SigningKey } from "./support/identityProvider.ts";
import { createSigningKey, keySet, PUBLIC, sign, startIdentityProvider } from "./support/identityProvider.ts";

/** Object id of API Management's service principal. */
const PRINCIPAL = "0a1b2c3d-6666-4666-8666-00000000000f";
const SEVERAL = { TenantId: "organizations", AllowedTenants: OTHER_TENANT };

/** An app's own token, v2.0. `undefined` leaves a claim out. */
function appClaims(changes: Readonly<Record<string, unknown>> = {}, tenant = TENANT): Record<string, unknown> {
  const { scp: _, ...common } = v2Claims(PUBLIC, tenant);
  return { ...common, idtyp: "app", oid: PRINCIPAL, sub: PRINCIPAL, ...changes };
}

describe("the gateway's own token", () => {
  let provider: IdentityProvider;
  let key: SigningKey;
  beforeAll(async () => {
    [provider, key] = await Promise.all([startIdentityProvider(), createSigningKey()]);
    provider.answer = () => keySet(key);
  });
  afterAll(() => provider.close());

  const authenticator = (settings: Readonly<Record<string, string>> = {}, tenantId: string | undefined = TENANT) => {
    const now = () => NOW_S * 1_000;
    const entra = azureAd(settings);
    const keysOf = tenantKeys(entra, { http: provider.http, now, onStale: () => undefined });
    const gateway = {
      authentication: "entra",
      authorizationApis: [],
      allowedPrincipals: [PRINCIPAL, CLIENT],
      tenantId,
    } as const;
    return new ApimAuthenticator(gateway, { azureAd: entra, keysOf, now });
  };
  const diagnosisOf = async (claims: Record<string, unknown>, gateway = authenticator()): Promise<string> => {
    const error = await gateway.authenticate(new Secret(await sign(claims, key))).catch((each: unknown) => each);
    if (!(error instanceof GatewayAuthenticationRequiredError)) throw new Error("The token was not refused.");
    return error.diagnosis ?? "";
  };
  const accepted = async (claims: Record<string, unknown>, gateway = authenticator()): Promise<string> =>
    (await gateway.authenticate(new Secret(await sign(claims, key)))).tenantId;

  it.each([
    ["with idtyp app", {}],
    ["with idtyp app, whatever its sub is", { sub: "another" }],
    ["without idtyp, as its object is its subject", { idtyp: undefined }],
    ["by its client id alone", { oid: undefined }],
  ])("is accepted from an app: %s", async (_, changes) => {
    expect(await accepted(appClaims(changes))).toBe(TENANT);
  });

  it("is accepted in the v1.0 form of a managed identity", async () => {
    const { azp, ...claims } = appClaims({ iss: `https://sts.windows.net/${TENANT}/`, ver: "1.0", idtyp: undefined });
    expect(await accepted({ ...claims, appid: azp })).toBe(TENANT);
  });

  it.each([
    ["a scope", { scp: "access_as_user" }, 'scp "access_as_user"'],
    ["a scope beside idtyp app", { scp: "access_as_user", idtyp: "app" }, 'scp "access_as_user"'],
    ["an empty scope", { scp: "", idtyp: undefined }, 'scp ""'],
    ["scopes as a list", { scp: ["access_as_user"], idtyp: undefined }, 'scp ["access_as_user"]'],
    ["null for its scope", { scp: null }, "scp null"],
    ["idtyp user", { idtyp: "user" }, 'idtyp is "user"; expected "app"'],
    ["idtyp device", { idtyp: "device" }, 'idtyp is "device"; expected "app"'],
    ["idtyp in capitals", { idtyp: "APP" }, 'idtyp is "APP"; expected "app"'],
    ["an empty idtyp", { idtyp: "" }, 'idtyp is ""; expected "app"'],
    ["null for its idtyp", { idtyp: null }, 'idtyp is null; expected "app"'],
    ["idtyp as a list", { idtyp: ["app"] }, 'idtyp is ["app"]; expected "app"'],
    [
      "a pairwise subject, without scp and idtyp",
      { idtyp: undefined, sub: "pairwise" },
      `sub "pairwise" is not oid "${PRINCIPAL}"`,
    ],
    [
      "neither subject nor object",
      { idtyp: undefined, sub: undefined, oid: undefined },
      "sub (none) is not oid (none)",
    ],
    ["the form of an ID token", { idtyp: undefined, azp: undefined, nonce: "n" }, "names no client app (azp or appid)"],
  ])("is refused where it has a user's signs: %s", async (_, changes, shown) => {
    const diagnosis = await diagnosisOf(appClaims(changes));
    expect(diagnosis).toMatch(/^The token in Authorization is not an app's own: /);
    expect(diagnosis).toContain(shown);
  });

  it("is refused of a principal that is not listed, and the log names both sides", async () => {
    const stranger = "0a1b2c3d-7777-4777-8777-000000000010";
    const diagnosis = await diagnosisOf(appClaims({ oid: stranger, sub: stranger, azp: stranger }));
    expect(diagnosis).toBe(
      `The principal ${stranger} / ${stranger} is not in Gateway__AllowedPrincipals (${PRINCIPAL}, ${CLIENT}).`,
    );
  });

  it.each([
    ["a single tenant", {}],
    ["listed tenants, this one among them", SEVERAL],
    ["any organisation", { TenantId: "organizations" }],
    ["any account", { TenantId: "common" }],
  ])("is refused of another tenant, a listed principal's too: %s", async (_, settings) => {
    const gateway = authenticator(settings);
    expect(await diagnosisOf(appClaims({}, OTHER_TENANT), gateway)).toBe(
      `The token in Authorization is of tenant ${OTHER_TENANT}; the gateway's tenant is ${TENANT} (Gateway__TenantId).`,
    );
    expect(await accepted(appClaims(), gateway)).toBe(TENANT);
  });

  it("is accepted of no tenant where none is known", async () => {
    const now = () => NOW_S * 1_000;
    const gateway = new ApimAuthenticator(
      { authentication: "entra", authorizationApis: [], allowedPrincipals: [PRINCIPAL], tenantId: undefined },
      { azureAd: azureAd(), keysOf: () => expect.fail("a key was asked for"), now },
    );
    expect(await diagnosisOf(appClaims(), gateway)).toContain("the gateway's tenant is not known");
  });

  it("is checked with the keys of its own tenant, where users are of other ones", async () => {
    provider.requests.length = 0;
    await accepted(appClaims(), authenticator(SEVERAL));
    expect(provider.requests).toEqual([`login.microsoftonline.com/${TENANT}/discovery/v2.0/keys`]);
  });
});
