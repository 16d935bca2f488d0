import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Answer } from "../support/gatewayClient.ts";
import { expectNothingSecretLogged } from "../support/leaks.ts";
import type { Chain } from "./support/chain.ts";
import { startChain } from "./support/chain.ts";
import { gatewayToken } from "./support/gatewayToken.ts";

const TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

let chain: Chain;
beforeAll(async () => {
  chain = await startChain();
});
afterAll(async () => {
  expectNothingSecretLogged(chain.functions);
  await chain[Symbol.asyncDispose]();
});

/** The same call through API Management, and to the function as API Management calls it. */
async function both(token: string, path: string): Promise<[through: Answer, direct: Answer]> {
  const correlation = { "x-correlation-id": randomUUID() };
  const through = await chain.client.call(`/obo${path}`, { token, headers: correlation });
  const direct = await chain.functions.client.call(path, {
    token: await gatewayToken(chain.functions.azure),
    headers: { ...correlation, "x-forwarded-authorization": `Bearer ${token}` },
  });
  return [through, direct];
}

/** All that the function says; not what belongs to the connection, the moment, or Entra's one answer. */
function said({ status, headers, body }: Answer): unknown {
  const { date: _, connection: __, "keep-alive": ___, server: ____, "x-ms-invocation-id": _____, ...rest } = headers;
  return { status, headers: rest, body: body.toString("utf8").replace(/"traceId":"[0-9a-f-]{36}"/, '"traceId":"…"') };
}

describe("what the function answers, through API Management", () => {
  it("is the claims challenge byte for byte, which the client satisfies", async () => {
    const { azure, signIn } = chain.functions;
    const { carol } = azure.seed.users;
    const [through, direct] = await both(await signIn(carol), "/downstream/ledger/me");
    const claims = JSON.stringify({
      access_token: { polids: { essential: true, values: [azure.seed.ledgerPolicy.id] } },
    });
    expect(through.status).toBe(401);
    expect(through.headers["content-type"]).toBe("application/problem+json");
    expect(through.headers["www-authenticate"]).toBe(
      `Bearer realm="", authorization_uri="${azure.entra.url}/${azure.seed.tenant.id}/oauth2/v2.0/authorize", ` +
        `client_id="${azure.seed.gateway.clientId}", error="insufficient_claims", ` +
        `claims="${Buffer.from(claims).toString("base64")}"`,
    );
    expect(through.json()).toMatchObject({ code: "interaction_required", claims });
    expect(said(through)).toEqual(said(direct));
    const steppedUp = await signIn(carol, { claims });
    const answer = await chain.client.call("/obo/downstream/ledger/me", { token: steppedUp });
    expect([answer.status, answer.json().oid]).toEqual([200, carol.oid]);
  });

  it("is the same in every other refusal: consent, an unknown API", async () => {
    const { alice, dave } = chain.functions.azure.seed.users;
    for (const [user, path, status] of [
      [dave, "/downstream/profile/me", 403],
      [alice, "/downstream/unknown/me", 404],
    ] as const) {
      const [through, direct] = await both(await chain.functions.signIn(user), path);
      expect(through.status).toBe(status);
      expect(said(through)).toEqual(said(direct));
    }
  });

  it.each([400, 401, 403, 404, 409, 429, 500, 503])("is the downstream API's own %i", async (status) => {
    const { azure, signIn } = chain.functions;
    const headers = { "x-why": "because", "retry-after": "7" };
    const lift = azure.profile.faults.failing(status, headers, { pathPrefix: `/echo/${status}` });
    const [through, direct] = await both(await signIn(azure.seed.users.alice), `/downstream/profile/echo/${status}`);
    lift();
    expect([through.status, through.headers["x-why"], through.headers["retry-after"]]).toEqual([
      status,
      "because",
      "7",
    ]);
    expect(said(through)).toEqual(said(direct));
  });
});

describe("what belongs to one call", () => {
  it("passes: the correlation id back to the client, it and traceparent to the API", async () => {
    const { azure, signIn } = chain.functions;
    const id = randomUUID();
    const answer = await chain.client.call("/obo/downstream/profile/echo/x", {
      token: await signIn(azure.seed.users.alice),
      headers: { "x-correlation-id": id, traceparent: TRACEPARENT },
    });
    expect(answer.headers["x-correlation-id"]).toBe(id);
    const sent = new Map(azure.profile.requests.at(-1)?.headers.map(([name, value]) => [name.toLowerCase(), value]));
    expect(sent.get("x-correlation-id")).toBe(id);
    expect(sent.get("traceparent")).toMatch(/^00-0af7651916cd43dd8448eb211c80319c-[0-9a-f]{16}-01$/);
  });

  it("begins at API Management when the client says nothing, in refusals too", async () => {
    for (const options of [{ token: await chain.functions.signIn(chain.functions.azure.seed.users.alice) }, {}]) {
      const answer = await chain.client.call("/obo/downstream/profile/me", options);
      expect(answer.headers["x-correlation-id"]).toMatch(/^[0-9a-f-]{36}$/);
    }
    const refused = await chain.client.call("/obo/downstream/profile/me", { headers: { "x-correlation-id": "mine" } });
    expect([refused.headers["x-correlation-id"], refused.json().correlationId]).toEqual(["mine", "mine"]);
  });
});
