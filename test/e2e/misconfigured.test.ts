import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { LocalAzure } from "../../local/azure.ts";
import { startLocalAzure } from "../../local/azure.ts";
import { failedExchange } from "./support/failedCall.ts";
import { startGateway } from "./support/gatewayUnderTest.ts";
import { newUser } from "./support/people.ts";
import type { ExpectedProblem } from "./support/problem.ts";

let azure: LocalAzure;
let registered: Pick<LocalAzure["seed"]["gateway"], "secrets" | "certificates"> & { principals: [string, string][] };
beforeAll(async () => {
  azure = await startLocalAzure();
  const { secrets, certificates, servicePrincipals } = azure.seed.gateway;
  registered = { secrets, certificates, principals: [...servicePrincipals] };
});
afterEach(() => {
  const { gateway } = azure.seed;
  gateway.secrets = registered.secrets;
  gateway.certificates = registered.certificates;
  for (const [tenant, oid] of registered.principals) gateway.servicePrincipals.set(tenant, oid);
});
afterAll(() => azure.close());

/** The caller learns nothing of what is wrong: a stranger could use it. */
const MISCONFIGURED: ExpectedProblem = {
  code: "gateway_misconfigured",
  detail: "The gateway cannot obtain a token for this downstream API. Its operator can, with the correlation id.",
};

describe("what only the operator can cure, by what the log says", () => {
  it.each<[string, string, "secret" | "pfx", (app: LocalAzure["seed"]["gateway"]) => void]>([
    [
      "a wrong secret",
      "AADSTS7000215: The client secret is wrong: use its value, not its id, and check for a newer one.",
      "secret",
      (app) => {
        app.secrets = app.secrets.map((secret) => ({ ...secret, value: "another one" }));
      },
    ],
    [
      "an expired secret",
      "AADSTS7000222: The client secret expired: create a new one and put it in place.",
      "secret",
      (app) => {
        app.secrets = app.secrets.map((secret) => ({ ...secret, endMs: Date.now() - 1 }));
      },
    ],
    [
      "an app that the tenant does not know",
      "AADSTS700016: The app is not known in the tenant: check AzureAd__ClientId and AzureAd__TenantId.",
      "secret",
      (app) => app.servicePrincipals.clear(),
    ],
    [
      "a certificate that is not registered",
      "AADSTS700027: The certificate is not registered for the app: upload its public part.",
      "pfx",
      (app) => {
        app.certificates = [];
      },
    ],
  ])("%s", async (_, explanation, credential, spoil) => {
    await using gateway = await startGateway({ azure, credential });
    const token = await gateway.signIn(newUser(azure));
    spoil(azure.seed.gateway);
    // A rejected credential is tried again after a pause: the operator may have cured it. An unknown app is not.
    const retried = explanation.startsWith("AADSTS700016") ? {} : { retryAfter: 10 };
    const { diagnosis } = await failedExchange(gateway, token, { ...MISCONFIGURED, ...retried });
    expect(diagnosis).toContain(`${explanation} Trace ID `);
    expect(diagnosis).toContain("Credential: AzureAd__ClientCredentials__0 (");
  });

  it("a scope that does not exist, or of an API that the tenant does not know", async () => {
    await using gateway = await startGateway({
      azure,
      settings: ({ profile, seed }) => ({
        DownstreamApis__profile__Scopes: `api://${seed.profile.clientId}/No.Such.Scope`,
        DownstreamApis__unknown__BaseUrl: profile.url,
        DownstreamApis__unknown__Scopes: "api://nowhere/Any",
      }),
    });
    const scope = await failedExchange(gateway, await gateway.signIn(newUser(azure)), MISCONFIGURED);
    expect(scope.diagnosis).toContain("AADSTS70011: A scope of the downstream API does not exist");
    const resource = await failedExchange(gateway, await gateway.signIn(newUser(azure)), MISCONFIGURED, "unknown");
    expect(resource.diagnosis).toContain("AADSTS500011: The downstream API is not known in the tenant");
  });
});
