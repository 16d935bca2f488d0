import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { GRAPH } from "../../src/graph/graph.ts";
import { useGraph } from "./graphUnderTest.ts";

describe("who may do what", () => {
  const under = useGraph();

  it.each([
    ["no token", async () => undefined],
    ["no Bearer token", async () => "Basic eDp5"],
    [
      "a token for something else",
      async () => `Bearer ${await under.issuer.token({ aud: "https://vault.azure.net" })}`,
    ],
    ["a forged token", async () => `Bearer ${await under.issuer.forgedToken({ aud: GRAPH.appIdUri })}`],
    ["an expired token", async () => `Bearer ${await under.issuer.token({ aud: GRAPH.appIdUri, exp: 1 })}`],
  ])("refuses %s in Graph's own form", async (_what, authorization) => {
    const answer = await under.askWith(await authorization(), "/applications");
    expect([answer.status, answer.body]).toMatchObject([
      401,
      { error: { code: "InvalidAuthenticationToken", innerError: { "request-id": answer.headers["request-id"] } } },
    ]);
  });

  it("goes by the application permissions of the token", async () => {
    const { id } = await under.application();
    const as = (roles: readonly string[] | undefined, oid = randomUUID()) => ({ claims: { roles, oid } });
    const denied = { status: 403, body: { error: { code: "Authorization_RequestDenied" } } };
    expect(await under.ask("GET", "/applications", undefined, as(undefined))).toMatchObject(denied);
    const reader = as(["Application.Read.All"]);
    expect(await under.ask("GET", "/applications", undefined, reader)).toMatchObject({ status: 200 });
    expect(await under.ask("POST", "/applications", { displayName: "x" }, reader)).toMatchObject(denied);
    const owner = as(["Application.ReadWrite.OwnedBy"]);
    expect(await under.ask("PATCH", `/applications/${id}`, { displayName: "y" }, owner)).toMatchObject(denied);
    const own = await under.ask("POST", "/applications", { displayName: "x" }, owner);
    const changed = await under.ask("PATCH", `/applications/${own.body?.id}`, { displayName: "y" }, owner);
    expect([own.status, changed.status]).toEqual([201, 204]);
    expect(await under.ask("POST", "/servicePrincipals", { appId: own.body?.appId }, owner)).toMatchObject({
      status: 201,
    });
  });

  it("fails on demand, as Graph does", async () => {
    const { graph } = under;
    graph.faults.throttled(7, { requests: 1 });
    const throttled = await under.ask("GET", "/applications");
    expect([throttled.status, throttled.headers["retry-after"]]).toEqual([429, "7"]);
    const lift = graph.faults.failing(503);
    expect((await under.ask("GET", "/applications")).body).toMatchObject({ error: { code: "ServiceUnavailable" } });
    lift();
    graph.faults.replicationLag(1);
    const { id } = await under.application();
    const statuses = [await under.ask("GET", `/applications/${id}`), await under.ask("GET", `/applications/${id}`)];
    expect(statuses.map(({ status }) => status)).toEqual([404, 200]);
  });

  it("says what it does not implement", async () => {
    expect((await under.ask("GET", "/users")).status).toBe(501);
    const { id } = await under.application();
    expect((await under.ask("DELETE", `/applications/${id}`)).status).toBe(501);
  });
});
