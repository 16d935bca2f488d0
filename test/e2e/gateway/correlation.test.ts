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
