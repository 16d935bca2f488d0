import { createServer, type IncomingMessage, type Server } from "node:http";
import { listen } from "@obo-gateway/local-azure/net/listen.ts";
import { stop } from "@obo-gateway/local-azure/net/stop.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Chain } from "./support/chain.ts";
import { startChain, startFront } from "./support/chain.ts";

const FORGED = ["authorization", "validate", "x"];

let chain: Chain;
let token: string;
let functions: Server;
let functionsUrl: string;
let seen: IncomingMessage[] = [];
beforeAll(async () => {
  chain = await startChain();
  token = await chain.functions.signIn(chain.functions.azure.seed.users.alice);
  functions = createServer((request, response) => {
    seen.push(request);
    response.writeHead(200, { "x-correlation-id": "x" }).end('{"authorizationHeader":"Bearer b"}');
  });
  functionsUrl = `http://localhost:${await listen(functions, "functions that only listen", 0)}`;
});
afterAll(async () => {
  await stop(functions);
  await chain[Symbol.asyncDispose]();
});

describe.each(["BasicV2", "Consumption"] as const)("the operation that a call is for, on the tier %s", (tier) => {
  it.each([
    ["/obo/downstream/profile/me", "downstream"],
    ["/obo/downstream/profile", "downstream"],
    ["/obo/downstream/validate", "downstream"],
    ["/obo/validate", "validate"],
    ["/profile-direct/me", "authorization"],
  ])("is said to the function, whatever the client says: %s, %s", async (path, operation) => {
    await using front = await startFront(chain.functions, { functionsUrl, tier });
    for (const forged of FORGED) {
      seen = [];
      await front.client.call(path, { token, headers: { "x-obo-operation": forged } });
      expect(seen.map(({ headers }) => headers["x-obo-operation"])).toEqual([operation]);
    }
  });

  it("does not reach the backend of an API that API Management calls itself", async () => {
    await using front = await startFront(chain.functions, { tier });
    const headers = { "x-obo-operation": "authorization" };
    const answer = await front.client.call("/profile-direct/echo/x", { token, headers });
    expect(answer.status).toBe(200);
    const names = chain.functions.azure.profile.requests.at(-1)?.headers.map(([name]) => name.toLowerCase());
    expect(names).not.toContain("x-obo-operation");
  });
});
