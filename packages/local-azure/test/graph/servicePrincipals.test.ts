import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { useGraph } from "./graphUnderTest.ts";

describe("service principals", () => {
  const under = useGraph();

  it("are made of an application, once, and show its names and scopes", async () => {
    const { id, appId } = await under.application();
    await under.ask("PATCH", `/applications/${id}`, { identifierUris: [`api://${appId}`] });
    const created = await under.ask("POST", "/servicePrincipals", { appId });
    expect(created).toMatchObject({ status: 201, body: { appId, servicePrincipalNames: [`api://${appId}`, appId] } });
    expect((await under.ask("POST", "/servicePrincipals", { appId })).status).toBe(409);
    expect((await under.ask("GET", `/servicePrincipals(appId='${appId}')`)).body).toEqual(created.body);
    expect((await under.ask("GET", `/servicePrincipals/${created.body?.id}`)).body).toEqual(created.body);
  });

  it("need an application that is there", async () => {
    const { status, body } = await under.ask("POST", "/servicePrincipals", { appId: randomUUID() });
    expect([status, body]).toMatchObject([400, { error: { details: [{ code: "NoBackingApplicationObject" }] } }]);
  });

  it("are found by any of their names, and searched only with ConsistencyLevel: eventual", async () => {
    const ledger = under.graph.addServicePrincipal({
      displayName: "The Ledger API",
      appIdUris: ["https://ledger.example"],
    });
    const any = encodeURIComponent("servicePrincipalNames/any(n:n eq 'https://LEDGER.example')");
    expect((await under.ask("GET", `/servicePrincipals?$filter=${any}`)).body).toMatchObject({
      value: [{ id: ledger.id }],
    });
    const path = `/servicePrincipals?$search=${encodeURIComponent('"displayName:ledg"')}`;
    const refused = await under.ask("GET", path);
    expect([refused.status, refused.body]).toMatchObject([400, { error: { code: "Request_UnsupportedQuery" } }]);
    const found = await under.ask("GET", path, undefined, { headers: { ConsistencyLevel: "eventual" } });
    expect(found.body).toMatchObject({ value: [{ id: ledger.id }] });
  });

  it.each([
    ["$filter=colour eq 'red'", 400],
    ["$filter=displayName startswith 'x'", 400],
    ["$select=colour", 400],
    ["$top=0", 400],
    ["$expand=owners", 501],
  ])("answers ?%s with %i", async (query, status) => {
    const answer = await under.ask("GET", `/servicePrincipals?${query.replaceAll(" ", "%20")}`);
    expect(answer.status).toBe(status);
  });
});
