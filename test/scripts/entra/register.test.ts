import { describe, expect, it } from "vitest";
import { loadSettings } from "../../../shared/config/loadSettings.ts";
import { LEDGER, SCRIPT, TENANT, useWorld } from "./support/world.ts";

const CLIENT = "70000000-0000-4000-8000-000000000001";
const FULL = [
  ["--downstream", "graph=https://graph.microsoft.com:User.Read,Mail.Read"],
  ["--downstream", `ledger=${LEDGER}:Ledger.Read`],
  ["--client-application", CLIENT],
  ["--client-secret"],
].flat();

describe("npm run entra:register", () => {
  const world = useWorld();
  const stored = () => {
    const [application, ...others] = world.graph.state.applications;
    if (application === undefined || others.length > 0) throw new Error("not one application");
    return application;
  };

  it("creates the registration, and prints settings with which the gateway starts", async () => {
    const printed = await world.runJson(...FULL);
    const { appId, id } = stored();
    expect(stored()).toMatchObject({
      displayName: "obo-gateway",
      signInAudience: "AzureADMyOrg",
      identifierUris: [`api://${appId}`],
      api: {
        requestedAccessTokenVersion: 2,
        oauth2PermissionScopes: [{ value: "access_as_user", type: "User", isEnabled: true }],
        knownClientApplications: [CLIENT],
        preAuthorizedApplications: [],
      },
      optionalClaims: { accessToken: [{ name: "idtyp" }] },
    });
    const [graphApi, ledger] = world.graph.state.servicePrincipals;
    const scopeId = (api: typeof ledger, name: string) => api?.oauth2PermissionScopes.find((s) => s.value === name)?.id;
    expect(stored().requiredResourceAccess).toEqual([
      {
        resourceAppId: graphApi?.appId,
        resourceAccess: ["User.Read", "Mail.Read"].map((name) => ({ id: scopeId(graphApi, name), type: "Scope" })),
      },
      { resourceAppId: LEDGER, resourceAccess: [{ id: scopeId(ledger, "Ledger.Read"), type: "Scope" }] },
    ]);
    expect(world.graph.state.servicePrincipals.filter((each) => each.appId === appId)).toHaveLength(1);
    expect(printed).toMatchObject({
      whatIf: false,
      application: { clientId: appId, objectId: id, tenantId: TENANT.id },
      gatewayTokenResource: `api://${appId}`,
      adminConsentUrl: `${world.entra.url}/${TENANT.id}/adminconsent?client_id=${appId}`,
      notes: [],
      settingsToFillIn: ["DownstreamApis__ledger__BaseUrl"],
    });
    const settings = loadSettings(
      { ...printed.settings, DownstreamApis__ledger__BaseUrl: "https://ledger.example" },
      { longestCallMs: 60_000 },
    );
    expect(settings.azureAd).toMatchObject({ clientId: appId, tenantId: TENANT.id, scopes: ["access_as_user"] });
    expect(settings.downstreamApis).toMatchObject({
      graph: { scopes: ["https://graph.microsoft.com/User.Read", "https://graph.microsoft.com/Mail.Read"] },
      ledger: { scopes: [`${LEDGER}/Ledger.Read`] },
    });
  });

  it("changes nothing when run again, and says so", async () => {
    await world.register(...FULL, "--pre-authorize");
    const before = structuredClone(world.graph.state);
    world.writes();
    const again = await world.run([
      "--name",
      "obo-gateway",
      "--graph-url",
      world.graph.url,
      ...FULL,
      "--pre-authorize",
    ]);
    expect(again).toMatchObject({ code: 0, stderr: "" });
    expect(again.stdout).toContain("Nothing to change: the registration is as it should be.");
    expect(world.writes()).toEqual([]);
    expect(world.graph.state).toEqual(before);
  });

  it("repairs what has drifted, and keeps what others added and every id", async () => {
    await world.register(...FULL);
    const application = stored();
    const before = structuredClone(application);
    const [scope] = application.api.oauth2PermissionScopes;
    if (scope === undefined) throw new Error("no scope");
    scope.isEnabled = false;
    scope.userConsentDisplayName = "Words of the administrator";
    const further = { ...scope, id: CLIENT, value: "further", isEnabled: true };
    application.api = { ...application.api, requestedAccessTokenVersion: 1, oauth2PermissionScopes: [further, scope] };
    application.api.knownClientApplications = [SCRIPT];
    application.identifierUris = [];
    application.signInAudience = "AzureADMultipleOrgs";
    application.optionalClaims = null;
    const [graphAccess] = application.requiredResourceAccess;
    graphAccess?.resourceAccess.splice(0, 1);
    const { changes } = await world.runJson(...FULL);
    expect(changes).toEqual([
      `add app id URI api://${before.appId}`,
      "set who may sign in to AzureADMyOrg (is AzureADMultipleOrgs)",
      "set the version of access tokens to 2 (is 1)",
      "enable scope access_as_user",
      `add known client application ${CLIENT}`,
      "add delegated permission User.Read of Microsoft Graph",
      "add optional claim idtyp to access tokens",
    ]);
    expect(stored()).toMatchObject({
      identifierUris: before.identifierUris,
      optionalClaims: before.optionalClaims,
      signInAudience: "AzureADMyOrg",
      api: {
        requestedAccessTokenVersion: 2,
        oauth2PermissionScopes: [further, { ...scope, id: before.api.oauth2PermissionScopes[0]?.id, isEnabled: true }],
        knownClientApplications: [SCRIPT, CLIENT],
      },
    });
    expect(stored().requiredResourceAccess[0]?.resourceAccess).toHaveLength(2);
    expect((await world.register(...FULL)).changes).toEqual([]);
  });

  it("makes the service principal that is missing", async () => {
    await world.register();
    world.graph.state.servicePrincipals.pop();
    expect((await world.register()).changes).toEqual(["create the service principal"]);
    expect(world.graph.state.servicePrincipals.at(-1)?.appId).toBe(stored().appId);
  });

  it("writes nothing with --what-if, and shows what it would do", async () => {
    const { stdout } = await world.run(["--name", "obo-gateway", "--graph-url", world.graph.url, ...FULL, "--what-if"]);
    expect(stdout).toContain("Would be done (nothing was):");
    for (const change of ["create application obo-gateway", "add scope access_as_user", "make a client secret"]) {
      expect(stdout).toContain(change);
    }
    expect(world.writes()).toEqual([]);
    const planned = await world.register(...FULL, "--what-if");
    expect(planned).toMatchObject({ whatIf: true, application: { clientId: null }, adminConsentUrl: null });
    expect(planned.settings).not.toHaveProperty("AzureAd__ClientId");
    const done = await world.register(...FULL);
    expect(done.changes).toEqual(planned.changes);
    stored().api.requestedAccessTokenVersion = null;
    world.writes();
    expect(await world.register(...FULL, "--what-if")).toMatchObject({
      changes: ["set the version of access tokens to 2 (is 1)"],
      application: { clientId: stored().appId },
    });
    expect(world.writes()).toEqual([]);
  });

  it("pre-authorizes clients in a request of its own, as Graph wants it, and for further clients later", async () => {
    const further = "70000000-0000-4000-8000-000000000002";
    await world.register("--client-application", CLIENT, "--pre-authorize");
    const delegatedPermissionIds = stored().api.oauth2PermissionScopes.map(({ id }) => id);
    expect(stored().api.preAuthorizedApplications).toEqual([{ appId: CLIENT, delegatedPermissionIds }]);
    const { changes } = await world.register("--client-application", further, "--pre-authorize");
    expect(changes).toEqual([
      `add known client application ${further}`,
      `pre-authorize client application ${further} for access_as_user`,
    ]);
    expect(stored().api.preAuthorizedApplications).toHaveLength(2);
  });

  it("says what an administrator should know, and touches none of it", async () => {
    await world.register("--downstream", `ledger=${LEDGER}:Ledger.Read,Ledger.Write`);
    stored().requiredResourceAccess.push({ resourceAppId: CLIENT, resourceAccess: [{ id: CLIENT, type: "Role" }] });
    const own = world.graph.state.servicePrincipals.at(-1);
    if (own === undefined) throw new Error("no service principal");
    Object.assign(own, { appRoleAssignmentRequired: true, accountEnabled: false });
    const { changes, notes } = await world.register("--downstream", `ledger=${LEDGER}:Ledger.Read`);
    expect(changes).toEqual([]);
    expect(notes).toEqual([
      "The registration keeps delegated permissions that were not asked for: Ledger.Write of Ledger API.",
      `The registration keeps application permissions that were not asked for: 1 of ${CLIENT}. ` +
        "Remove those that no API with RequestAppToken needs: whoever steals a credential has them.",
      expect.stringContaining("The service principal requires assignment"),
      expect.stringContaining("The service principal is disabled"),
    ]);
  });

  it("asks which one, where several have the name; takes --app-id, and then may rename", async () => {
    await world.register();
    const name = "O'Brien & Söhne + 100%";
    const graphUrl = ["--graph-url", world.graph.url];
    await world.register("--name", name, "--app-id", stored().appId);
    expect(stored().displayName).toBe(name);
    expect((await world.register("--name", name)).changes).toEqual([]);
    world.graph.state.applications.push({ ...stored(), id: CLIENT, appId: CLIENT });
    const { code, stderr } = await world.run(["--name", name, ...graphUrl]);
    expect([code, stderr]).toEqual([1, expect.stringContaining("Several applications are named")]);
    expect(stderr).toContain(CLIENT);
    await expect(world.register("--app-id", SCRIPT)).rejects.toThrow("no such application");
  });
});
