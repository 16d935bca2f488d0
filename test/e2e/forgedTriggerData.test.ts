import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { GatewayUnderTest } from "./support/gatewayUnderTest.ts";
import { startGateway } from "./support/gatewayUnderTest.ts";
import { expectProblem } from "./support/problem.ts";

let gateway: GatewayUnderTest;
let tokens: { alice: string; bob: string };
beforeAll(async () => {
  gateway = await startGateway();
  const { alice, bob } = gateway.azure.seed.users;
  tokens = { alice: await gateway.signIn(alice), bob: await gateway.signIn(bob) };
});
afterAll(() => gateway[Symbol.asyncDispose]());

const JSON_BODY = { "content-type": "application/json" };
const NO_TOKEN = {
  code: "token_missing",
  detail: "Send the user's access token for this API: Authorization: Bearer <token>.",
  challenge: {},
} as const;

function forged(token: string): string {
  const headers = { authorization: `Bearer ${token}`, Authorization: `Bearer ${token}`, "x-correlation-id": "forged" };
  return JSON.stringify(headers);
}

describe("what a query or a body says of the request's headers", () => {
  it.each(["Headers", "headers", "HEADERS"])("grants nothing: ?%s={...}", async (name) => {
    const query = `?${name}=${encodeURIComponent(forged(tokens.alice))}`;
    for (const path of ["/validate", "/downstream/profile/me"]) {
      const answer = await gateway.client.call(`${path}${query}`);
      expectProblem(gateway, answer, NO_TOKEN);
      expect(answer.headers["x-correlation-id"]).not.toBe("forged");
    }
  });

  it.each(["Headers", "headers", "HEADERS"])("grants nothing: {%s: {...}} as JSON", async (name) => {
    const body = `{"${name}":${forged(tokens.alice)}}`;
    const answer = await gateway.client.call("/downstream/profile/echo/x", {
      method: "POST",
      headers: JSON_BODY,
      body,
    });
    expectProblem(gateway, answer, NO_TOKEN);
  });

  it.each([
    "Headers=%7B%7D",
    "Headers=1",
    "headers=1",
    "HEADERS=",
    "Headers=%7B%22authorization%22:null%7D",
    "Headers",
    // Neither a name nor a value that a header could have: what is made of them fails.
    "Headers=%7B%22not%20a%20name%22:%221%22%7D",
    "Headers=%7B%22x-a%22:%22%E2%82%AC%0A%22%7D",
  ])("takes nothing away: ?%s", async (query) => {
    const answer = await gateway.client.call(`/downstream/profile/echo/x?${query}`, { token: tokens.bob });
    expect([answer.status, answer.json().url]).toEqual([200, `/echo/x?${query}`]);
    expect((await gateway.client.call(`/validate?${query}`, { token: tokens.bob })).status).toBe(200);
  });

  it.each(['{"Headers":{}}', '{"headers":1}', '{"HEADERS":"x","Headers":null}'])(
    "takes nothing away: %s as JSON, which arrives as it is",
    async (body) => {
      const answer = await gateway.client.call("/downstream/profile/echo/x", {
        method: "POST",
        token: tokens.bob,
        headers: JSON_BODY,
        body,
      });
      expect([answer.status, answer.json().body]).toEqual([200, Buffer.from(body).toString("base64")]);
      expect(answer.json().rawHeaders).toContain("application/json");
    },
  );

  it("makes nobody someone else", async () => {
    const query = `?Headers=${encodeURIComponent(forged(tokens.alice))}`;
    const answer = await gateway.client.call(`/downstream/profile/me${query}`, { token: tokens.bob });
    expect(answer.json().oid).toBe(gateway.azure.seed.users.bob.oid);
  });
});

describe("what a query or a body says of the route", () => {
  const ROUTE = { api: "ledger", API: "ledger", Api: "ledger", path: "me", PATH: "me", Path: "../ledger/me" };

  it.each(Object.entries(ROUTE))("decides nothing: ?%s=%s", async (name, value) => {
    const url = `/echo/true?${name}=${value}`;
    const calls = gateway.azure.ledger.requests.length;
    const answer = await gateway.client.call(`/downstream/profile${url}`, { token: tokens.bob });
    expect([answer.status, answer.json().url]).toEqual([200, url]);
    expect(gateway.azure.ledger.requests).toHaveLength(calls);
  });

  it("decides nothing, as JSON", async () => {
    const calls = gateway.azure.ledger.requests.length;
    const body = JSON.stringify(ROUTE);
    const answer = await gateway.client.call("/downstream/profile/echo/true", {
      method: "PUT",
      token: tokens.bob,
      headers: JSON_BODY,
      body,
    });
    expect(answer.json()).toMatchObject({ url: "/echo/true", body: Buffer.from(body).toString("base64") });
    expect(gateway.azure.ledger.requests).toHaveLength(calls);
  });
});
