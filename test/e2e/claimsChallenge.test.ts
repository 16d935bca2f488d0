import { randomUUID } from "node:crypto";
import { Readable } from "node:stream";
import type { User } from "@obo-gateway/local-azure/entra/directory.ts";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { GatewayUnderTest } from "./support/gatewayUnderTest.ts";
import { startGateway } from "./support/gatewayUnderTest.ts";
import { expectNothingSecretLogged } from "./support/leaks.ts";
import { newUser } from "./support/people.ts";
import { bearerChallenge } from "./support/problem.ts";

const LONG_BODY_BYTES = 200_000;

let gateway: GatewayUnderTest;
beforeAll(async () => {
  gateway = await startGateway();
});
afterEach(() => {
  gateway.azure.profile.demandClaims(undefined);
  gateway.azure.profile.faults.clear();
});
afterAll(async () => {
  expectNothingSecretLogged(gateway);
  await gateway[Symbol.asyncDispose]();
});

interface KnownUser {
  readonly user: User;
  readonly token: string;
  /** When token B was issued. */
  readonly issuedS: number;
  readonly caused: ReturnType<typeof causes>;
}

const nowS = (): number => Math.floor(Date.now() / 1_000);

/** A user with a token that is cached, and what their later calls cause. */
async function knownUser(): Promise<KnownUser> {
  const { azure, client, signIn } = gateway;
  const user = newUser(azure);
  const token = await signIn(user);
  const issuedS = nowS();
  expect((await client.call("/downstream/profile/me", { token })).status).toBe(200);
  // Tokens count whole seconds: with another user it is certain in which one token B was issued.
  if (nowS() !== issuedS) return knownUser();
  return { user, token, issuedS, caused: causes(user) };
}

function causes(user: User) {
  const { entra, profile } = gateway.azure;
  const [exchanges, calls] = [entra.counts.token, profile.requests.length];
  return () => ({
    exchanges: entra.counts.token - exchanges,
    calls: profile.requests.slice(calls).filter((request) => request.user === user.oid).length,
  });
}

/** As after a revocation: the token that the gateway has does not do any more. @returns the claims demanded */
function revoke({ user, issuedS }: KnownUser): string {
  const claims = { access_token: { nbf: { essential: true, value: String(issuedS) } } };
  gateway.azure.profile.demandClaims(claims, { user: user.oid });
  return JSON.stringify(claims);
}

/** What no exchange can bring: the sign-in must have reached it. */
function demandStepUp(user: User): string {
  const claims = { access_token: { acrs: { essential: true, value: "c1" } } };
  gateway.azure.profile.demandClaims(claims, { user: user.oid });
  return JSON.stringify(claims);
}

const encoded = (claims: string): string => Buffer.from(claims).toString("base64");

describe("a claims challenge of the downstream API", () => {
  it("is met by a new token: the client sees its answer alone", async () => {
    const known = await knownUser();
    const { user, token, caused } = known;
    revoke(known);
    const answer = await gateway.client.call("/downstream/profile/me", { token });
    expect([answer.status, answer.json().oid]).toEqual([200, user.oid]);
    expect(caused()).toEqual({ exchanges: 1, calls: 2 });
    expect((await gateway.client.call("/downstream/profile/me", { token })).status).toBe(200);
    expect(caused()).toEqual({ exchanges: 1, calls: 3 });
    const asked = gateway.azure.entra.requests.at(-1)?.claims ?? "";
    expect(JSON.parse(asked)).toMatchObject({
      access_token: { nbf: { essential: true }, xms_cc: { values: ["cp1"] } },
    });
  });

  it("costs many calls at once few exchanges, and each is answered", async () => {
    const known = await knownUser();
    const { token, caused } = known;
    revoke(known);
    const calls = Array.from({ length: 30 }, () => gateway.client.call("/downstream/profile/me", { token }));
    expect((await Promise.all(calls)).map(({ status }) => status)).toEqual(Array(30).fill(200));
    expect(caused().exchanges).toBeLessThanOrEqual(2);
  });

  it.each([
    ["with a length", (bytes: Buffer) => bytes],
    ["in chunks", (bytes: Buffer) => Readable.from([bytes.subarray(0, 9), bytes.subarray(9)])],
  ])("is met for a small body too, %s", async (_, body) => {
    const known = await knownUser();
    revoke(known);
    const sent = Buffer.from(`{"order":"${randomUUID()}"}`);
    const answer = await gateway.client.call("/downstream/profile/echo/x", {
      method: "POST",
      body: body(sent),
      token: known.token,
    });
    expect([answer.status, Buffer.from(String(answer.json().body), "base64").equals(sent)]).toEqual([200, true]);
  });

  it("passes for a long body, in the gateway's name; then the client's next call succeeds", async () => {
    const known = await knownUser();
    const { token, caused } = known;
    const claims = revoke(known);
    const put = () =>
      gateway.client.call("/downstream/profile/upload", {
        method: "PUT",
        body: Buffer.alloc(LONG_BODY_BYTES),
        token,
      });
    const answer = await put();
    expect(answer.status).toBe(401);
    expect(answer.headers["www-authenticate"]).toBe(
      bearerChallenge(gateway, { error: "insufficient_claims", claims: encoded(claims) }),
    );
    expect(answer.json()).toMatchObject({ error: { code: "InvalidAuthenticationToken" } });
    expect((await put()).json()).toMatchObject({ bytes: LONG_BODY_BYTES });
    expect(caused()).toEqual({ exchanges: 1, calls: 2 });
  });

  it("that a new token cannot meet passes after two calls, and the client that steps up succeeds", async () => {
    const { user, token, caused } = await knownUser();
    const claims = demandStepUp(user);
    const answer = await gateway.client.call("/downstream/profile/me", { token });
    // Whoever refuses, Entra ID or the API a second time: the client is told which claims.
    expect(answer.status).toBe(401);
    const challenge = bearerChallenge(gateway, { error: "insufficient_claims", claims: encoded(claims) });
    expect(answer.headers["www-authenticate"]).toBe(challenge);
    expect(caused().exchanges).toBeLessThanOrEqual(1);
    expect(caused().calls).toBeLessThanOrEqual(2);
    const steppedUp = await gateway.signIn(user, { claims });
    const again = await gateway.client.call("/downstream/profile/me", { token: steppedUp });
    expect([again.status, again.json().oid]).toEqual([200, user.oid]);
  });

  it("after which Entra ID wants the user becomes the documented answer", async () => {
    const { azure, client } = gateway;
    const known = await knownUser();
    const { user, token } = known;
    const policyId = randomUUID();
    azure.seed.directory.policies.push({
      id: policyId,
      resourceId: azure.seed.profile.clientId,
      users: [user.oid],
      demands: "mfa",
      aadsts: 50076,
    });
    revoke(known);
    const claims = JSON.stringify({ access_token: { polids: { essential: true, values: [policyId] } } });
    const answer = await client.call("/downstream/profile/me", { token });
    expect(answer.json()).toMatchObject({ status: 401, code: "interaction_required", claims, errorCodes: [50076] });
    expect(answer.headers["www-authenticate"]).toBe(
      bearerChallenge(gateway, { error: "insufficient_claims", claims: encoded(claims) }),
    );
    const steppedUp = await gateway.signIn(user, { claims });
    expect((await client.call("/downstream/profile/me", { token: steppedUp })).status).toBe(200);
  });
});

describe("another 401 of the downstream API", () => {
  it("once, to a cached token: the client never learns of it", async () => {
    const { token, caused } = await knownUser();
    gateway.azure.profile.faults.failing(401, {}, { requests: 1, pathPrefix: "/me" });
    expect((await gateway.client.call("/downstream/profile/me", { token })).status).toBe(200);
    expect(caused()).toEqual({ exchanges: 1, calls: 2 });
  });

  it("always: ten calls of a client are eleven of the gateway, and one exchange", async () => {
    const { token, caused } = await knownUser();
    const headers = {
      "www-authenticate": 'Bearer realm="inside.corp", error="invalid_token", Basic realm="inside.corp"',
    };
    const lift = gateway.azure.profile.faults.failing(401, headers, { pathPrefix: "/me" });
    for (let time = 0; time < 10; time++) {
      const answer = await gateway.client.call("/downstream/profile/me", { token });
      expect(answer.status).toBe(401);
      expect(answer.headers["www-authenticate"]).toBe(bearerChallenge(gateway, { error: "invalid_token" }));
      expect(answer.json()).toMatchObject({ error: { code: "Fault" } });
    }
    expect(caused()).toEqual({ exchanges: 1, calls: 11 });
    lift();
    expect((await gateway.client.call("/downstream/profile/me", { token })).status).toBe(200);
  });

  it("to a first call passes at once", async () => {
    const user = newUser(gateway.azure);
    const caused = causes(user);
    gateway.azure.profile.faults.failing(401, {}, { requests: 1, pathPrefix: "/me" });
    const answer = await gateway.client.call("/downstream/profile/me", { token: await gateway.signIn(user) });
    expect([answer.status, answer.headers["www-authenticate"]]).toEqual([401, bearerChallenge(gateway, {})]);
    expect(caused()).toEqual({ exchanges: 1, calls: 1 });
  });
});
