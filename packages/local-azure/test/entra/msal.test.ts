import { ConfidentialClientApplication, InteractionRequiredAuthError, PublicClientApplication } from "@azure/msal-node";
import { decodeJwt } from "jose";
import { beforeAll, describe, expect, it } from "vitest";
import { type ClientCertificate, createClientCertificate } from "./support/clientCertificate.ts";
import { authorityOf, msalNetwork } from "./support/msal.ts";
import { tokenA } from "./support/requests.ts";
import { useWorld } from "./support/world.ts";

type ClientCredential = ConstructorParameters<typeof ConfidentialClientApplication>[0]["auth"];

describe("MSAL Node, unmodified", () => {
  const world = useWorld();
  let certificate: ClientCertificate;
  beforeAll(async () => {
    certificate = await createClientCertificate(Date.now());
    world.seed.gateway.certificates.push(certificate.registered);
  });

  function gateway(
    credential: Partial<ClientCredential> = { clientSecret: world.seed.gatewaySecret },
    tenant?: string,
  ) {
    return new ConfidentialClientApplication({
      auth: { clientId: world.seed.gateway.clientId, ...authorityOf(world, tenant), ...credential },
      system: { networkClient: msalNetwork(world.dispatcher) },
    });
  }

  it("exchanges token A with a secret", async () => {
    const result = await gateway().acquireTokenOnBehalfOf({
      oboAssertion: await tokenA(world),
      scopes: [world.seed.scopes.profile],
      correlationId: "6f0c8c1e-8a2b-4a63-b2bb-5c3c5c7c3b5d",
    });
    expect(result).toMatchObject({ tokenType: "Bearer", tenantId: world.seed.tenant.id });
    expect(result?.account?.username).toBe("alice@contoso.example");
    expect(decodeJwt(result?.accessToken ?? "")).toMatchObject({
      aud: world.seed.profile.clientId,
      oid: world.seed.users.alice.oid,
      scp: "Profile.Read",
      azp: world.seed.gateway.clientId,
      azpacr: "1",
    });
    expect(world.entra.requests.at(-1)).toMatchObject({
      proof: { kind: "secret", keyId: "seed" },
      user: "alice@contoso.example",
      clientRequestId: "6f0c8c1e-8a2b-4a63-b2bb-5c3c5c7c3b5d",
      outcome: "issued",
    });
  });

  function gatewayWithCertificate() {
    return gateway({
      clientCertificate: {
        thumbprintSha256: Buffer.from(certificate.registered.thumbprintSha256, "base64url").toString("hex"),
        privateKey: certificate.privateKeyPem,
        x5c: certificate.certificatePem,
      },
    });
  }

  it("exchanges it with a certificate (PS256, x5t#S256, x5c)", async () => {
    const result = await gatewayWithCertificate().acquireTokenOnBehalfOf({
      oboAssertion: await tokenA(world),
      scopes: [world.seed.scopes.profile],
    });
    expect(decodeJwt(result?.accessToken ?? "").azpacr).toBe("2");
    const thumbprint = certificate.registered.thumbprintSha256;
    expect(world.entra.requests.at(-1)?.proof).toEqual({ kind: "certificate", thumbprint });
  });

  it("sends one client assertion with many requests, so that only a directory that wants it refuses replays", async () => {
    const app = gatewayWithCertificate();
    const exchange = async () =>
      app.acquireTokenOnBehalfOf({
        oboAssertion: await tokenA(world),
        scopes: [world.seed.scopes.profile],
        skipCache: true,
      });
    const { settings } = world.seed.directory;
    await exchange();
    await exchange();
    settings.refuseReplayedClientAssertions = true;
    try {
      await exchange();
      await expect(exchange()).rejects.toMatchObject({ errorCode: "invalid_client", errorNo: 50027 });
    } finally {
      settings.refuseReplayedClientAssertions = false;
    }
  });

  it("exchanges it with a certificate the old way (RS256, x5t)", async () => {
    const app = gateway({
      clientCertificate: {
        thumbprint: Buffer.from(certificate.registered.thumbprintSha1, "base64url").toString("hex"),
        privateKey: certificate.privateKeyPem,
      },
    });
    await app.acquireTokenOnBehalfOf({ oboAssertion: await tokenA(world), scopes: [world.seed.scopes.profile] });
    expect(world.entra.requests.at(-1)).toMatchObject({ proof: { kind: "certificate" }, outcome: "issued" });
  });

  it("finds the tenant by its domain", async () => {
    const result = await gateway(undefined, "contoso.example").acquireTokenOnBehalfOf({
      oboAssertion: await tokenA(world),
      scopes: [`api://${world.seed.profile.clientId}/.default`],
    });
    expect(result?.scopes).toContain(world.seed.scopes.profile);
  });

  it("announces its capabilities, and token B repeats them", async () => {
    const result = await gateway({
      clientSecret: world.seed.gatewaySecret,
      clientCapabilities: ["cp1"],
    }).acquireTokenOnBehalfOf({ oboAssertion: await tokenA(world), scopes: [world.seed.scopes.profile] });
    expect(decodeJwt(result?.accessToken ?? "").xms_cc).toEqual(["cp1"]);
  });

  it("learns that the user must step up, and succeeds with a token A that did", async () => {
    const exchange = (oboAssertion: string) =>
      gateway().acquireTokenOnBehalfOf({ oboAssertion, scopes: [world.seed.scopes.ledger] });
    const refused = await exchange(await tokenA(world, "carol")).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(InteractionRequiredAuthError);
    if (!(refused instanceof InteractionRequiredAuthError)) return;
    expect(JSON.parse(refused.claims)).toEqual({
      access_token: { polids: { essential: true, values: [world.seed.ledgerPolicy.id] } },
    });
    const result = await exchange(await tokenA(world, "carol", refused.claims));
    expect(decodeJwt(result?.accessToken ?? "").aud).toBe(world.seed.ledger.clientId);
  });

  it("learns that consent is missing", async () => {
    await expect(
      gateway().acquireTokenOnBehalfOf({
        oboAssertion: await tokenA(world, "dave"),
        scopes: [world.seed.scopes.profile],
      }),
    ).rejects.toMatchObject({ errorCode: "invalid_grant", subError: "consent_required", errorNo: 65001 });
  });

  it("gets the app's own token", async () => {
    const result = await gateway().acquireTokenByClientCredential({
      scopes: [`api://${world.seed.profile.clientId}/.default`],
    });
    expect(decodeJwt(result?.accessToken ?? "")).toMatchObject({ idtyp: "app", aud: world.seed.profile.clientId });
  });

  it("signs a user in with a password", async () => {
    const { client, users, scopes } = world.seed;
    const app = new PublicClientApplication({
      auth: { clientId: client.clientId, ...authorityOf(world) },
      system: { networkClient: msalNetwork(world.dispatcher) },
    });
    const result = await app.acquireTokenByUsernamePassword({
      username: users.bob.userPrincipalName,
      password: users.bob.password,
      scopes: [scopes.gateway],
    });
    expect(decodeJwt(result?.accessToken ?? "")).toMatchObject({ scp: "access_as_user", azpacr: "0", name: "Bob" });
  });
});
