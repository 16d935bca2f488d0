import { randomUUID } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { OnBehalfOfCredential, type OnBehalfOfCredentialSecretOptions } from "@azure/identity";
import type { AppRegistration, Directory } from "@obo-gateway/local-azure/entra/directory.ts";
import { TOKEN_EXCHANGE } from "@obo-gateway/local-azure/entra/federatedAssertion.ts";
import { consent, registerApp, registerUser } from "@obo-gateway/local-azure/entra/registration.ts";
import { makeSelfSignedCertificate } from "@obo-gateway/local-azure/keyVault/selfSigned.ts";
import { decodeJwt } from "jose";
import { beforeAll, describe, expect, it } from "vitest";
import { inEntra } from "./support/inEntra.ts";
import { LEDGER, type Printed, TENANT, useWorld } from "./support/world.ts";

const DAY_MS = 86_400_000;
const DOWNSTREAM = ["--downstream", `ledger=${LEDGER}:Ledger.Read`];

/** What the registration is for: the exchange, with the very settings that the script prints. */
describe("a registration made by npm run entra:register", () => {
  const world = useWorld();
  let client: AppRegistration;
  let ledger: AppRegistration;
  let directory: Directory;

  beforeAll(() => {
    directory = world.entra.directory;
    const tenantId = TENANT.id;
    ledger = registerApp(directory, { tenantId, clientId: LEDGER, exposedScopes: ["Ledger.Read"] });
    client = registerApp(directory, { tenantId, appIdUris: [], publicClient: true });
    registerUser(directory, { tenantId, userPrincipalName: "alice@contoso.example", password: randomUUID() });
    registerApp(directory, { tenantId, clientId: TOKEN_EXCHANGE.clientId, appIdUris: [TOKEN_EXCHANGE.appIdUri] });
  });

  type Common = Pick<OnBehalfOfCredentialSecretOptions, "tenantId" | "clientId" | "userAssertionToken">;

  async function exchanged({ settings }: Printed, prove: (common: Common) => OnBehalfOfCredential) {
    const [application] = world.graph.state.applications;
    if (application === undefined) throw new Error("nothing was registered");
    const gateway = inEntra(directory, application, ledger);
    consent(directory, client, gateway, gateway.exposedScopes);
    const scope = `api://${settings.AzureAd__ClientId}/${settings.AzureAd__Scopes}`;
    const tokenA = await world.entra.issueUserToken({ user: "alice", client: client.clientId, scope });
    expect(decodeJwt(tokenA)).toMatchObject({ ver: "2.0", aud: settings.AzureAd__ClientId, scp: "access_as_user" });
    const credential = prove({
      tenantId: settings.AzureAd__TenantId ?? "",
      clientId: settings.AzureAd__ClientId ?? "",
      userAssertionToken: tokenA,
      // The types of some kinds of credential forget these two, which all of them take.
      ...{ authorityHost: settings.AzureAd__Instance, disableInstanceDiscovery: true },
    });
    const { token } = await credential.getToken(settings.DownstreamApis__ledger__Scopes ?? "");
    return decodeJwt(token);
  }
  const tokenB = { aud: LEDGER, scp: "Ledger.Read", preferred_username: "alice@contoso.example" };

  it("exchanges tokens with its client secret", async () => {
    const printed = await world.register(...DOWNSTREAM, "--client-secret");
    const clientSecret = printed.settings.AzureAd__ClientCredentials__0__ClientSecret ?? "";
    const prove = (common: Common) => new OnBehalfOfCredential({ ...common, clientSecret });
    expect(await exchanged(printed, prove)).toMatchObject(tokenB);
  });

  it("exchanges tokens with its certificate", async () => {
    const nowMs = Date.now();
    const made = await makeSelfSignedCertificate({
      subject: "gateway",
      notBeforeMs: nowMs - DAY_MS,
      notAfterMs: nowMs + DAY_MS,
    });
    const [publicFile, certificatePath] = ["public.pem", "whole.pem"].map((name) => join(world.folder, name));
    if (publicFile === undefined || certificatePath === undefined) throw new Error("two files were named");
    await writeFile(publicFile, made.certificatePem);
    await writeFile(certificatePath, made.certificatePem + made.privateKeyPem);
    const printed = await world.register(...DOWNSTREAM, "--certificate", publicFile);
    const prove = (common: Common) => new OnBehalfOfCredential({ ...common, certificatePath });
    expect(await exchanged(printed, prove)).toMatchObject(tokenB);
  });

  it("exchanges tokens as its managed identity", async () => {
    const identity = world.graph.addServicePrincipal({ displayName: "func-identity", type: "ManagedIdentity" });
    const printed = await world.register(...DOWNSTREAM, "--federated-credential-principal", identity.id);
    const getAssertion = () =>
      world.entra.issueApplicationToken({
        tenant: TENANT,
        principalOid: identity.id,
        clientId: printed.settings.AzureAd__ClientCredentials__0__ManagedIdentityClientId ?? "",
        resource: TOKEN_EXCHANGE.appIdUri,
      });
    const prove = (common: Common) => new OnBehalfOfCredential({ ...common, getAssertion });
    expect(await exchanged(printed, prove)).toMatchObject(tokenB);
  });
});
