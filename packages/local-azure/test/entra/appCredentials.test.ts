import { randomUUID } from "node:crypto";
import { request } from "undici";
import { beforeAll, describe, expect, it } from "vitest";
import { TOKEN_EXCHANGE } from "../../src/entra/federatedAssertion.ts";
import { type ClientCertificate, createClientCertificate, signClientAssertion } from "./support/clientCertificate.ts";
import { presentAssertion, requestAsGateway } from "./support/clientRequest.ts";
import { refusal } from "./support/exchange.ts";
import { useWorld } from "./support/world.ts";

const MINUTE_MS = 60_000;

describe("an app's credentials, changed while Entra ID runs", () => {
  const world = useWorld();
  const credentials = () => world.entra.credentialsOf(world.seed.gateway.clientId);
  let one: ClientCertificate;
  let other: ClientCertificate;
  beforeAll(async () => {
    [one, other] = [
      await createClientCertificate(Date.now() - MINUTE_MS),
      await createClientCertificate(Date.now() - MINUTE_MS),
    ];
  });

  const withCertificate = async (certificate: ClientCertificate) =>
    presentAssertion(world, await signClientAssertion(world, certificate));

  it("takes a certificate from when it is added to when it is removed", async () => {
    expect(await refusal(withCertificate(one))).toEqual([401, "invalid_client", 700027]);
    const { thumbprintSha256 } = credentials().addCertificate(one.certificatePem);
    credentials().addCertificate(other.certificatePem);
    expect([(await withCertificate(one)).status, (await withCertificate(other)).status]).toEqual([200, 200]);
    credentials().removeCertificate(thumbprintSha256);
    const { body } = await withCertificate(one);
    const thumbprint = Buffer.from(thumbprintSha256, "base64url").toString("hex").toUpperCase();
    expect(body.error_description).toMatch(
      new RegExp(
        `^AADSTS700027: The certificate with identifier used .* Thumbprint of key used by client: '${thumbprint}'`,
      ),
    );
    expect((await withCertificate(other)).status).toBe(200);
    expect(() => credentials().removeCertificate(thumbprintSha256)).toThrow("has no certificate");
  });

  it("refuses a certificate whose credential ends before it does, and one that is revoked", async () => {
    const { thumbprintSha1 } = credentials().addCertificate(one.certificatePem, { endMs: Date.now() + MINUTE_MS });
    expect((await withCertificate(one)).status).toBe(200);
    world.clock.advance(2 * MINUTE_MS);
    expect(await refusal(withCertificate(one))).toEqual([401, "invalid_client", 1000502]);
    world.clock.advance(-2 * MINUTE_MS);
    credentials().revokeCertificate(thumbprintSha1);
    expect(await refusal(withCertificate(one))).toEqual([401, "invalid_client", 7000214]);
    credentials().revokeCertificate(thumbprintSha1, 7000277);
    expect(await refusal(withCertificate(one))).toEqual([401, "invalid_client", 7000277]);
    expect(() => credentials().revokeCertificate("none")).toThrow("has no certificate");
  });

  it("takes one assertion again and again until it ends, as Entra ID does", async () => {
    credentials().addCertificate(other.certificatePem);
    const assertion = await signClientAssertion(world, other);
    for (let time = 0; time < 3; time += 1) expect((await presentAssertion(world, assertion)).status).toBe(200);
    world.clock.advance(16 * MINUTE_MS);
    const { body } = await presentAssertion(world, assertion);
    expect(body.error_description).toMatch(
      /^AADSTS700024: Client assertion is not within its valid time range\. Current time: .*, assertion valid from .*, expiry time of assertion /,
    );
  });

  it("takes a secret from when it is added to when it is removed, or ends", async () => {
    const { keyId, value } = credentials().addSecret();
    const short = credentials().addSecret({ endMs: Date.now() + MINUTE_MS });
    const withSecret = (client_secret: string) => requestAsGateway(world, { client_secret });
    expect([(await withSecret(value)).status, (await withSecret(short.value)).status]).toEqual([200, 200]);
    world.clock.advance(2 * MINUTE_MS);
    expect(await refusal(withSecret(short.value))).toEqual([401, "invalid_client", 7000222]);
    credentials().removeSecret(keyId);
    expect(await refusal(withSecret(value))).toEqual([401, "invalid_client", 7000215]);
    expect(() => credentials().removeSecret(keyId)).toThrow("has no secret");
  });

  it("trusts a managed identity from when it is told to to when it is told not to", async () => {
    const { tenant } = world.seed;
    const subject = randomUUID();
    const federated = { issuer: `${world.entra.url}/${tenant.id}/v2.0`, subject, audience: TOKEN_EXCHANGE.appIdUri };
    const spec = { tenant, principalOid: subject, clientId: randomUUID(), resource: TOKEN_EXCHANGE.appIdUri };
    const token = await world.entra.issueApplicationToken({ ...spec, lifetimeMs: 10 * MINUTE_MS });
    credentials().addFederated(federated);
    expect(() => credentials().addFederated(federated)).toThrow("already exists");
    expect((await presentAssertion(world, token)).status).toBe(200);
    world.clock.advance(11 * MINUTE_MS);
    expect(await refusal(presentAssertion(world, token))).toEqual([401, "invalid_client", 700024]);
    world.clock.advance(-11 * MINUTE_MS);
    credentials().removeFederated(subject);
    expect(await refusal(presentAssertion(world, token))).toEqual([401, "invalid_client", 70025]);
    expect(() => credentials().removeFederated(subject)).toThrow("has no federated credential");
  });

  it("knows no other app", () => {
    expect(() => world.entra.credentialsOf(randomUUID())).toThrow("No app with the client id");
  });

  describe("by other processes", () => {
    const control = async (method: "GET" | "POST" | "DELETE", path: string, body?: string) => {
      const url = `${world.entra.url}/local/apps/${world.seed.gateway.clientId}/${path}`;
      const answer = await request(url, { dispatcher: world.dispatcher, method, body: body ?? null });
      return { status: answer.statusCode, body: (await answer.body.json()) as Record<string, unknown> };
    };

    it("certificates", async () => {
      const fresh = await createClientCertificate(Date.now() - MINUTE_MS);
      const added = await control("POST", "certificates", fresh.certificatePem);
      expect(added).toMatchObject({ status: 201, body: { thumbprintSha256: fresh.registered.thumbprintSha256 } });
      expect((await withCertificate(fresh)).status).toBe(200);
      const path = `certificates/${added.body.thumbprintSha256}`;
      expect((await control("POST", `${path}/revoke`)).status).toBe(200);
      expect(await refusal(withCertificate(fresh))).toEqual([401, "invalid_client", 7000214]);
      expect((await control("DELETE", path)).status).toBe(200);
      expect(await refusal(withCertificate(fresh))).toEqual([401, "invalid_client", 700027]);
      expect((await control("DELETE", path)).status).toBe(404);
      expect((await control("POST", "certificates", "no certificate")).status).toBe(400);
    });

    it("secrets, whose values are never shown again", async () => {
      const { status, body } = await control("POST", "secrets", "{}");
      expect(status).toBe(201);
      const value = String(body.value);
      expect((await requestAsGateway(world, { client_secret: value })).status).toBe(200);
      const listed = await control("GET", "credentials");
      expect(JSON.stringify(listed.body)).toContain(String(body.keyId));
      expect(JSON.stringify(listed.body)).not.toContain(value);
      expect((await control("DELETE", `secrets/${body.keyId}`)).status).toBe(200);
      expect(await refusal(requestAsGateway(world, { client_secret: value }))).toEqual([
        401,
        "invalid_client",
        7000215,
      ]);
      expect((await control("POST", "secrets", '{"endsMs":1}')).status).toBe(400);
      expect((await control("POST", "secrets", "{")).status).toBe(400);
    });

    it("federated credentials", async () => {
      const federated = { issuer: "https://issuer.example", subject: "somebody", audience: "api://a" };
      expect((await control("POST", "federated", JSON.stringify(federated))).status).toBe(201);
      expect((await control("GET", "credentials")).body.federated).toContainEqual(federated);
      expect((await control("POST", "federated", JSON.stringify(federated))).status).toBe(400);
      expect((await control("DELETE", "federated/somebody")).status).toBe(200);
    });

    it("and nothing else", async () => {
      expect((await control("GET", "keys")).status).toBe(404);
      const url = `${world.entra.url}/local/apps/${randomUUID()}/credentials`;
      expect((await request(url, { dispatcher: world.dispatcher })).statusCode).toBe(404);
    });
  });
});
