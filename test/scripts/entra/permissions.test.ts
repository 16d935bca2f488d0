import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { loadSettings } from "../../../shared/config/loadSettings.ts";
import { AUDIT, LEDGER, useWorld } from "./support/world.ts";

const LEDGER_API = ["--downstream", `ledger=${LEDGER}:Ledger.Read`];
const BY_PREFIX = ["--scopes-by-prefix", "ledger/entries:Ledger.Write", "--scopes-by-prefix", "ledger/:ledger.read"];
const AUDIT_API = ["--application-permission", "audit=api://audit:Events.Write"];

describe("npm run entra:register: permissions", () => {
  const world = useWorld();
  const api = (appId: string) => {
    const found = world.graph.state.servicePrincipals.find((each) => each.appId === appId);
    if (found === undefined) throw new Error(`no API ${appId}`);
    return found;
  };
  const stored = () => world.graph.state.applications[0]?.requiredResourceAccess;
  const scope = (appId: string, name: string) => ({
    id: api(appId).oauth2PermissionScopes.find(({ value }) => value === name)?.id,
    type: "Scope",
  });
  const role = (name: string) => ({ id: api(AUDIT).appRoles.find(({ value }) => value === name)?.id, type: "Role" });

  it("asks for the scopes of prefixes too, each once, and prints them as settings that the gateway takes", async () => {
    const printed = await world.register(...LEDGER_API, ...BY_PREFIX, "--client-secret");
    expect(stored()).toEqual([
      { resourceAppId: LEDGER, resourceAccess: [scope(LEDGER, "Ledger.Read"), scope(LEDGER, "Ledger.Write")] },
    ]);
    const { ledger } = loadSettings(
      { ...printed.settings, DownstreamApis__ledger__BaseUrl: "https://ledger.example" },
      { longestCallMs: 60_000 },
    ).downstreamApis;
    expect(ledger).toMatchObject({
      scopes: [`${LEDGER}/Ledger.Read`],
      scopesByPrefix: [
        { prefix: "/entries", scopes: [`${LEDGER}/Ledger.Write`] },
        { prefix: "", scopes: [`${LEDGER}/Ledger.Read`] },
      ],
    });
    expect(await world.register(...LEDGER_API, ...BY_PREFIX)).toMatchObject({ changes: [], notes: [] });
  });

  it("asks, for an API that it calls as itself, for the roles that are named and no other, once", async () => {
    const printed = await world.runJson(...LEDGER_API, ...AUDIT_API);
    expect(printed.changes).toContain("add application permission Events.Write of Audit API");
    expect(stored()).toEqual([
      { resourceAppId: LEDGER, resourceAccess: [scope(LEDGER, "Ledger.Read")] },
      { resourceAppId: AUDIT, resourceAccess: [role("Events.Write")] },
    ]);
    expect(printed.settings).toMatchObject({
      DownstreamApis__audit__RequestAppToken: "true",
      DownstreamApis__audit__Scopes: "api://audit/.default",
    });
    expect(printed.settingsToFillIn).toContain("DownstreamApis__audit__BaseUrl");
    world.writes();
    expect(await world.register(...LEDGER_API, ...AUDIT_API)).toMatchObject({ changes: [], notes: [] });
    expect(world.writes()).toEqual([]);
  });

  it("keeps a scope and a role of one API apart, also where they have one id", async () => {
    const shared = randomUUID();
    api(AUDIT).oauth2PermissionScopes = api(AUDIT).oauth2PermissionScopes.map((each) => ({ ...each, id: shared }));
    api(AUDIT).appRoles = api(AUDIT).appRoles.map((each, index) => (index === 0 ? { ...each, id: shared } : each));
    const both = ["--downstream", `reader=${AUDIT}:Events.Read`, ...AUDIT_API];
    await world.register(...both);
    const resourceAccess = [
      { id: shared, type: "Scope" },
      { id: shared, type: "Role" },
    ];
    expect(stored()).toEqual([{ resourceAppId: AUDIT, resourceAccess }]);
    expect((await world.register(...both)).changes).toEqual([]);
  });

  it("names the roles that were not asked for, and leaves them to an administrator", async () => {
    await world.register("--application-permission", "audit=api://audit:Events.Write,Journal.Purge");
    const { changes, notes } = await world.register(...AUDIT_API);
    expect(changes).toEqual([]);
    expect(notes).toEqual([
      "The registration keeps application permissions that were not asked for: Journal.Purge of Audit API. " +
        "Remove those that no API with RequestAppToken needs: whoever steals a credential has them.",
    ]);
  });

  it("takes only roles that apps may have and that are enabled, and only scopes that there are", async () => {
    const [write, erase] = api(AUDIT).appRoles;
    if (write === undefined || erase === undefined) throw new Error("two roles were made");
    write.allowedMemberTypes = ["User"];
    await expect(world.register(...AUDIT_API)).rejects.toThrow(
      "--application-permission audit: Audit API has no application permission Events.Write. It has: Journal.Purge.",
    );
    erase.isEnabled = false;
    await expect(world.register(...AUDIT_API)).rejects.toThrow("It has none.");
    await expect(world.register("--application-permission", "crm=api://crm:Read")).rejects.toThrow(
      "--application-permission crm: the tenant has no service principal of api://crm.",
    );
    await expect(world.register(...LEDGER_API, "--scopes-by-prefix", "ledger/x:Ledger.Raed")).rejects.toThrow(
      "--scopes-by-prefix ledger: Ledger API has no delegated scope Ledger.Raed. Did you mean Ledger.Read?",
    );
    expect(world.graph.state.applications).toEqual([]);
  });
});
