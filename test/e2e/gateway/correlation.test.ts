import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Chain } from "./support/chain.ts";
import { startChain, startFront } from "./support/chain.ts";

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const HARMFUL = ["a b", "<script>", "-x", "x".repeat(65), '{"a":1}', "a,b", "a%0Ab"];
const ID = "client-7.A_b";

let chain: Chain;
let token: string;
beforeAll(async () => {
  chain = await startChain();
  token = await chain.functions.signIn(chain.functions.azure.seed.users.alice);
});
afterAll(() => chain[Symbol.asyncDispose]());

it("is the first that may be one: of two headers, then of the trace, as the function chooses it", async () => {
  const trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  for (const [headers, expected] of [
    [{ "x-correlation-id": "a b", "client-request-id": ID }, ID],
    [{ traceparent: trace }, "0af76519-16cd-43dd-8448-eb211c80319c"],
    [{ "x-correlation-id": "a b", traceparent: trace }, "0af76519-16cd-43dd-8448-eb211c80319c"],
  ] as const) {
    for (const path of ["/obo/nowhere", "/obo/downstream/nothing/me"]) {
      const answer = await chain.client.call(path, { token, headers });
      expect([path, headers, answer.headers["x-correlation-id"]]).toEqual([path, headers, expected]);
    }
  }
});

/** Whoever answers: API Management before any policy, its policies, the function, or the API. */
const CALLS: readonly (readonly [title: string, path: string, headers: Readonly<Record<string, string>>])[] = [
  ["an unknown operation", "/obo/nowhere", {}],
  ["a wrong subscription key", "/obo/validate", { "ocp-apim-subscription-key": "wrong" }],
  ["a wrong subscription key, direct", "/profile-direct/me", { "ocp-apim-subscription-key": "wrong" }],
  ["a refusal of the guards", "/obo/downstream/profile/..", {}],
  ["a request without a token", "/obo/validate", { authorization: "" }],
  ["a refusal of the function", "/obo/downstream/nothing/me", {}],
];

describe.each(["BasicV2", "Consumption"] as const)("the correlation id, on the tier %s", (tier) => {
  it.each(CALLS)(
    "is one in header, body and log, and a client's own only as openapi.yaml has it: %s",
    async (_, path, headers) => {
      await using front = await startFront(chain.functions, { tier });
      for (const given of [ID, ...HARMFUL]) {
        for (const name of ["x-correlation-id", "client-request-id"]) {
          const logged = front.events.length;
          const answer = await front.client.call(path, { token, headers: { [name]: given, ...headers } });
          const id = answer.headers["x-correlation-id"];
          if (given === ID) expect(id).toBe(ID);
          else expect(id).toMatch(GUID);
          expect(answer.json().correlationId).toBe(id);
          for (const event of front.events.slice(logged)) expect(event.correlationId).toBe(id);
        }
      }
    },
  );
});
