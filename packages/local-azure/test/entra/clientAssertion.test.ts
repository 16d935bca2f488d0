import { randomUUID } from "node:crypto";
import { SignJWT, UnsecuredJWT } from "jose";
import { beforeAll, describe, expect, it } from "vitest";
import {
  type AssertionDraft,
  type ClientCertificate,
  createClientCertificate,
  signClientAssertion,
} from "./support/clientCertificate.ts";
import { presentAssertion, requestAsGateway } from "./support/clientRequest.ts";
import { refusal } from "./support/exchange.ts";
import { useWorld } from "./support/world.ts";

const HOUR_S = 3600;
const YEAR_MS = 365 * 86_400_000;

describe("client authentication by certificate", () => {
  const world = useWorld();

  let certificate: ClientCertificate;
  beforeAll(async () => {
    // Some tests look at times a little before now.
    certificate = await createClientCertificate(Date.now() - HOUR_S * 1000);
    world.seed.gateway.certificates.push(certificate.registered);
  });

  const present = async (draft: AssertionDraft = {}) =>
    presentAssertion(world, await signClientAssertion(world, certificate, draft));

  it.each(["PS256", "RS256"] as const)("accepts %s", async (alg) => {
    expect((await present({ alg })).status).toBe(200);
  });

  it("accepts the issuer as the audience, and the tenant by its domain", async () => {
    const { url } = world.entra;
    for (const aud of [`${url}/${world.seed.tenant.id}/v2.0`, `${url}/contoso.example/oauth2/v2.0/token`])
      expect((await present({ claims: { aud } })).status).toBe(200);
  });

  it("refuses a certificate that is not registered, though it is enclosed", async () => {
    const stranger = await createClientCertificate(Date.now());
    const x5c = [stranger.certificatePem.replace(/-----[A-Z ]+-----|\n/g, "")];
    const assertion = await signClientAssertion(world, stranger, { header: { x5c } });
    expect(await refusal(presentAssertion(world, assertion))).toEqual([401, "invalid_client", 700027]);
    const borrowed = { key: stranger.privateKey, header: { x5c } };
    expect(await refusal(present(borrowed))).toEqual([401, "invalid_client", 700027]);
  });

  it("refuses a certificate before and after its time", async () => {
    world.clock.advance(-YEAR_MS);
    expect(await refusal(present())).toEqual([401, "invalid_client", 1000502]);
    world.clock.advance(7 * YEAR_MS);
    expect(await refusal(present())).toEqual([401, "invalid_client", 1000502]);
  });

  it("refuses an assertion before and after its time, beyond five minutes", async () => {
    const assertion = await signClientAssertion(world, certificate);
    world.clock.advance((600 + 299) * 1000);
    expect((await presentAssertion(world, assertion)).status).toBe(200);
    world.clock.advance(2000);
    expect(await refusal(presentAssertion(world, assertion))).toEqual([401, "invalid_client", 700024]);
    world.clock.advance(-(600 + 299 + 2 + 302) * 1000);
    expect(await refusal(presentAssertion(world, assertion))).toEqual([401, "invalid_client", 700024]);
  });

  it("refuses one that lasts longer than a day", async () => {
    const exp = Math.floor(Date.now() / 1000) + 25 * HOUR_S;
    expect(await refusal(present({ claims: { exp } }))).toEqual([401, "invalid_client", 700024]);
  });

  it("refuses one that is for, or from, somebody else", async () => {
    const other = randomUUID();
    expect(await refusal(present({ claims: { iss: other } }))).toEqual([401, "invalid_client", 700021]);
    expect(await refusal(present({ claims: { sub: other } }))).toEqual([401, "invalid_client", 700021]);
    const aud = "https://login.attacker.example/oauth2/v2.0/token";
    expect(await refusal(present({ claims: { aud } }))).toEqual([401, "invalid_client", 700023]);
  });

  it.each<[string, AssertionDraft]>([
    ["exp", { claims: { exp: undefined } }],
    ["aud", { claims: { aud: undefined } }],
    ["x5t#S256", { header: { "x5t#S256": undefined } }],
    ["x5t", { alg: "RS256", header: { x5t: undefined } }],
  ])("refuses one without %s", async (_what, draft) => {
    expect(await refusal(present(draft))).toEqual([400, "invalid_request", 50027]);
  });

  it("refuses one that is not signed, signed with a shared secret, or no JWT", async () => {
    const { clientId } = world.seed.gateway;
    const header = { "x5t#S256": certificate.registered.thumbprintSha256 };
    const unsigned = new UnsecuredJWT({ iss: clientId }).encode();
    const hmac = await new SignJWT({ iss: clientId })
      .setProtectedHeader({ alg: "HS256", ...header })
      .sign(Buffer.from(certificate.certificatePem));
    for (const assertion of [unsigned, hmac, "not.a.jwt"])
      expect(await refusal(presentAssertion(world, assertion))).toEqual([400, "invalid_request", 50027]);
  });

  it("refuses another assertion type", async () => {
    const client_assertion = await signClientAssertion(world, certificate);
    const saml = "urn:ietf:params:oauth:client-assertion-type:saml2-bearer";
    expect(await refusal(requestAsGateway(world, { client_assertion, client_assertion_type: saml }))).toEqual([
      400,
      "invalid_request",
      90100,
    ]);
    expect(await refusal(requestAsGateway(world, { client_assertion }))).toEqual([400, "invalid_request", 900144]);
  });
});
