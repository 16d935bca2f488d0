import { describe, expect, it } from "vitest";
import { tokenA } from "../../../packages/local-azure/test/entra/support/requests.ts";
import { useWorld } from "../../../packages/local-azure/test/entra/support/world.ts";
import { ENTRA_ERRORS } from "../../../shared/entra/errorCodes.ts";
import type { ErrorCode } from "../../../shared/errors/catalogue.ts";
import {
  ConsentRequiredError,
  GatewayMisconfiguredError,
  IdentityProviderUnavailableError,
  InteractionRequiredError,
  InvalidTokenError,
  ThrottledError,
} from "../../../shared/errors/errors.ts";
import { CREDENTIAL_LABEL } from "./support/exchanges.ts";
import { worldGateway } from "./support/worldGateway.ts";

const GUID = /^[0-9a-f-]{36}$/;
const CLAIMS = '{"access_token":{"polids":{"essential":true,"values":["9ab03e19-0000-4000-8000-000000000000"]}}}';

/** Written down a second time, so that a slip in the table shows. */
const EXPECTED: readonly (readonly [code: ErrorCode, errorClass: unknown, aadsts: readonly number[]])[] = [
  [
    "interaction_required",
    InteractionRequiredError,
    [50005, 50055, 50058, 50074, 50076, 50078, 50079, 50173, 53000, 53001, 53003, 70043],
  ],
  ["consent_required", ConsentRequiredError, [65001, 65004]],
  ["invalid_token", InvalidTokenError, [50013, 50014, 50020, 50034, 50057, 500133, 700082]],
  [
    "gateway_misconfigured",
    GatewayMisconfiguredError,
    [
      28000, 70002, 70011, 70021, 70025, 90002, 500011, 700016, 700021, 700023, 700024, 700027, 700030, 700211, 700212,
      700213, 1000502, 7000112, 7000114, 7000214, 7000215, 7000218, 7000222, 7000229, 7000274, 7000277, 7002131,
      7002137, 7002138,
    ],
  ],
  ["throttled", ThrottledError, [50196]],
  ["identity_provider_unavailable", IdentityProviderUnavailableError, [90033]],
];
const ROWS = EXPECTED.flatMap(([code, errorClass, all]) => all.map((aadsts) => [aadsts, code, errorClass] as const));

describe("Entra ID's errors, through the real MSAL", () => {
  const world = useWorld();

  async function failure(effect: Readonly<Record<string, unknown>> & { readonly aadsts: number }) {
    world.entra.faults.add({ effect: { kind: "error", ...effect } });
    return worldGateway(world).failure(await tokenA(world), [world.seed.scopes.profile]);
  }

  it("are all written down here", () => {
    const known = [...ENTRA_ERRORS.keys()].sort((a, b) => a - b);
    expect(ROWS.map(([aadsts]) => aadsts).sort((a, b) => a - b)).toEqual(known);
  });

  it.each(ROWS)("AADSTS%i becomes %s", async (aadsts, code, errorClass) => {
    const error = await failure({ aadsts });
    expect(error).toBeInstanceOf(errorClass);
    expect(error.code).toBe(code);
    expect(error.diagnosis).toContain(`AADSTS${aadsts}: ${ENTRA_ERRORS.get(aadsts)?.explanation}`);
    expect(error.diagnosis).toContain(`Credential: ${CREDENTIAL_LABEL}.`);
    expect(error.diagnosis).toMatch(/ Trace ID [0-9a-f-]{36}\./);
    expect(`${error.message} ${error.diagnosis}`).not.toContain("A fault planned");
    if (code === "gateway_misconfigured") {
      // What is wrong with the gateway is its operator's business.
      expect(error.members).toEqual({});
      expect(error.message).not.toContain(String(aadsts));
    } else {
      expect(error.members).toMatchObject({ errorCodes: [aadsts], traceId: expect.stringMatching(GUID) });
    }
  });

  it("hand claims on, in the body and as a challenge", async () => {
    const error = await failure({ aadsts: 50076, claims: CLAIMS });
    expect(error).toMatchObject({
      members: { claims: CLAIMS },
      challenge: { error: "insufficient_claims", claims: CLAIMS },
    });
    expect(error.message).toBe(
      "The user must sign in again with the given claims before this downstream API can be called.",
    );
  });

  it("without claims, ask for a new sign-in", async () => {
    const error = await failure({ aadsts: 50173 });
    expect(error.challenge).toMatchObject({ error: "invalid_token" });
    expect(error.members).not.toHaveProperty("claims");
  });

  it("say where consent is granted, and for what", async () => {
    const error = await failure({ aadsts: 65001 });
    const { profile } = world.seed.scopes;
    const consentUri = `${world.entra.url}/${world.seed.tenant.id}/v2.0/adminconsent?${new URLSearchParams({ client_id: world.seed.gateway.clientId, scope: profile })}`;
    expect(error.members).toMatchObject({ scopes: [profile], consentUri });
    expect(error.challenge).toMatchObject({ error: "insufficient_scope", scope: [profile], consentUri });
  });

  it("say when to come back", async () => {
    expect((await failure({ aadsts: 50196 })).members.retryAfter).toBe(30);
    world.entra.faults.clear();
    expect((await failure({ aadsts: 90033 })).members.retryAfter).toBe(10);
  });

  // A number that nobody knows: then the words count.
  const UNKNOWN = 999_999;
  it.each([
    ["interaction_required", undefined, "interaction_required"],
    ["login_required", undefined, "interaction_required"],
    ["consent_required", undefined, "consent_required"],
    ["invalid_grant", undefined, "invalid_token"],
    ["invalid_grant", "consent_required", "consent_required"],
    ["invalid_grant", "bad_token", "invalid_token"],
    ["invalid_client", undefined, "gateway_misconfigured"],
    ["unauthorized_client", undefined, "gateway_misconfigured"],
    ["invalid_scope", undefined, "gateway_misconfigured"],
    ["invalid_resource", undefined, "gateway_misconfigured"],
    ["invalid_request", undefined, "gateway_misconfigured"],
    ["unsupported_grant_type", undefined, "gateway_misconfigured"],
    ["temporarily_unavailable", undefined, "identity_provider_unavailable"],
    ["server_error", undefined, "identity_provider_unavailable"],
    ["never_heard_of", undefined, "exchange_failed"],
  ])("of an unknown number go by error %s and suberror %s: %s", async (error, suberror, code) => {
    const failed = await failure({ aadsts: UNKNOWN, error, ...(suberror === undefined ? {} : { suberror }) });
    expect(failed.code).toBe(code);
    expect(failed.diagnosis).toContain(
      "AADSTS999999: look it up at https://login.microsoftonline.com/error?code=999999 .",
    );
  });

  it("of an unknown kind, with a status of 500 or more, are outages", async () => {
    const error = await failure({ aadsts: UNKNOWN, error: "never_heard_of", status: 502 });
    expect(error).toBeInstanceOf(IdentityProviderUnavailableError);
  });

  it("are throttling when the status says so, whatever the body says", async () => {
    const error = await failure({ aadsts: 50076, claims: CLAIMS, status: 429 });
    expect(error).toBeInstanceOf(ThrottledError);
    expect(error.members).toMatchObject({ retryAfter: 30, errorCodes: [50076] });
    expect(error.challenge).toBeUndefined();
  });
});

describe("the directory's own verdicts", () => {
  const world = useWorld();

  it("a policy of Conditional Access, with the claims that satisfy it", async () => {
    const gateway = worldGateway(world);
    const scopes = [world.seed.scopes.ledger];
    const error = await gateway.failure(await tokenA(world, "carol"), scopes);
    const { claims } = error.members;
    expect(JSON.parse(claims ?? "")).toEqual({
      access_token: { polids: { essential: true, values: [world.seed.ledgerPolicy.id] } },
    });
    await expect(gateway.accessToken(await tokenA(world, "carol", claims), scopes)).resolves.toBeDefined();
  });

  it("consent that is missing", async () => {
    const error = await worldGateway(world).failure(await tokenA(world, "dave"), [world.seed.scopes.profile]);
    expect(error).toMatchObject({ code: "consent_required", members: { errorCodes: [65001] } });
  });

  it.each([
    ["a wrong secret", { secret: "not-the-secret" }, "AADSTS7000215"],
    ["an unknown app", { clientId: "20000000-0000-4000-8000-00000000dead" }, "AADSTS700016"],
  ])("%s, told to the operator alone", async (_what, more, aadsts) => {
    const error = await worldGateway(world, more).failure(await tokenA(world), [world.seed.scopes.profile]);
    expect(error.code).toBe("gateway_misconfigured");
    expect(error.diagnosis).toContain(aadsts);
    expect(JSON.stringify({ ...error, message: error.message })).not.toContain("not-the-secret");
  });
});
