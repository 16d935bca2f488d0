import {
  ClientAssertionCredential,
  ClientCertificateCredential,
  ClientSecretCredential,
  OnBehalfOfCredential,
} from "@azure/identity";
import { decodeJwt } from "jose";
import { describe, expect, it } from "vitest";
import { TOKEN_EXCHANGE } from "../../src/entra/federatedAssertion.ts";
import { createClientCertificate } from "./support/clientCertificate.ts";
import { tokenA } from "./support/requests.ts";
import { useWorld } from "./support/world.ts";

describe("@azure/identity, unmodified", () => {
  const world = useWorld();

  function options() {
    return {
      authorityHost: world.entra.url,
      // Instance discovery asks the public cloud about every host but its own.
      disableInstanceDiscovery: true,
      tlsOptions: { ca: world.certificatePem },
    };
  }

  it("gets the app's own token with a secret", async () => {
    const { tenant, gateway, gatewaySecret, ledger } = world.seed;
    const credential = new ClientSecretCredential(tenant.id, gateway.clientId, gatewaySecret, options());
    const { token } = await credential.getToken(`api://${ledger.clientId}/.default`);
    expect(decodeJwt(token)).toMatchObject({ aud: ledger.clientId, azp: gateway.clientId, idtyp: "app" });
  });

  it("gets it with a certificate", async () => {
    const { tenant, gateway, ledger } = world.seed;
    const { registered, certificatePem, privateKeyPem } = await createClientCertificate(Date.now());
    gateway.certificates.push(registered);
    const certificate = { certificate: certificatePem + privateKeyPem };
    const credential = new ClientCertificateCredential(tenant.id, gateway.clientId, certificate, options());
    await credential.getToken(`api://${ledger.clientId}/.default`);
    expect(world.entra.requests.at(-1)?.proof).toEqual({
      kind: "certificate",
      thumbprint: registered.thumbprintSha256,
    });
  });

  it("gets it with the token of an identity that the app trusts", async () => {
    const { tenant, gateway, ledger } = world.seed;
    const subject = "60000000-0000-4000-8000-000000000001";
    const issuer = `${world.entra.url}/${tenant.id}/v2.0`;
    gateway.federatedCredentials.push({ issuer, subject, audience: TOKEN_EXCHANGE.appIdUri });
    const identityToken = () =>
      world.entra.issueApplicationToken({
        tenant,
        principalOid: subject,
        clientId: "60000000-0000-4000-8000-000000000002",
        resource: TOKEN_EXCHANGE.appIdUri,
      });
    const credential = new ClientAssertionCredential(tenant.id, gateway.clientId, identityToken, options());
    await credential.getToken(`api://${ledger.clientId}/.default`);
    expect(world.entra.requests.at(-1)?.proof).toEqual({ kind: "federated", issuer, subject });
  });

  it("exchanges token A", async () => {
    const { tenant, gateway, gatewaySecret, scopes, profile } = world.seed;
    const credential = new OnBehalfOfCredential({
      tenantId: tenant.id,
      clientId: gateway.clientId,
      clientSecret: gatewaySecret,
      userAssertionToken: await tokenA(world, "bob"),
      ...options(),
    });
    const { token } = await credential.getToken(scopes.profile);
    expect(decodeJwt(token)).toMatchObject({ aud: profile.clientId, preferred_username: "bob@contoso.example" });
  });
});
