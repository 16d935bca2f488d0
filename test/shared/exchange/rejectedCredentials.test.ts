import { decodeJwt } from "jose";
import { describe, expect, it } from "vitest";
import type { ClientCertificate } from "../../../packages/local-azure/test/entra/support/clientCertificate.ts";
import { createClientCertificate } from "../../../packages/local-azure/test/entra/support/clientCertificate.ts";
import { tokenA } from "../../../packages/local-azure/test/entra/support/requests.ts";
import { useWorld } from "../../../packages/local-azure/test/entra/support/world.ts";
import { certificateFromPem } from "../../../shared/credentials/certificate.ts";
import { certificateCredential } from "../../../shared/credentials/clientAssertion.ts";
import type { ClientCredential } from "../../../shared/credentials/clientCredential.ts";
import { CredentialLoadError, CredentialRejectedError } from "../../../shared/credentials/clientCredential.ts";
import { CredentialFailover } from "../../../shared/credentials/credentialFailover.ts";
import { credentialLog } from "../../../shared/credentials/credentialLog.ts";
import { credentialRejection } from "../../../shared/exchange/exchangeFailure.ts";
import { credentialInstruments } from "../../../shared/telemetry/instruments.ts";
import { secretCredential } from "./support/exchanges.ts";
import { recordedLog } from "./support/subjects.ts";
import { worldGateway } from "./support/worldGateway.ts";

describe("rejected credentials, through the real MSAL and the local Entra ID", () => {
  const world = useWorld();

  function credentialOf({ privateKeyPem, certificatePem }: ClientCertificate): ClientCredential {
    return certificateCredential(certificateFromPem(Buffer.from(privateKeyPem + certificatePem), ""), {
      clientId: world.seed.gateway.clientId,
      sendX5C: false,
      now: Date.now,
      source: "AzureAd__ClientCredentials__0 (KeyVault)",
    });
  }

  function ringOf(...loads: (() => ClientCredential)[]) {
    const gateway = worldGateway(world);
    const { log, lines } = recordedLog();
    const sources = loads.map((load, index) => ({
      label: `source ${index}`,
      canChange: true,
      load: async () => load(),
    }));
    const ring = new CredentialFailover(sources, {
      listener: credentialLog(log, credentialInstruments(Date.now)),
      now: Date.now,
    });
    const scopes = [world.seed.scopes.profile];
    const exchange = async (user: "alice" | "bob" = "alice") => {
      const assertion = await tokenA(world, user);
      return ring.run((credential) => gateway.accessToken(assertion, scopes, { credential }));
    };
    return { exchange, lines };
  }

  it("the same user's call succeeds with the newest version, whose predecessor was removed", async () => {
    const [one, other] = [await createClientCertificate(Date.now()), await createClientCertificate(Date.now())];
    const { certificates } = world.seed.gateway;
    certificates.push(one.registered);
    const versions = [credentialOf(one), credentialOf(other)] as const;
    let newest: ClientCredential = versions[0];
    const { exchange, lines } = ringOf(() => newest);
    await exchange();
    newest = versions[1];
    certificates.splice(certificates.indexOf(one.registered), 1, other.registered);
    world.entra.counts.reset();
    const tokens = await Promise.all([exchange("alice"), exchange("bob")]);
    expect(tokens.map(({ token }) => decodeJwt(token.reveal()).oid)).toEqual([
      world.seed.users.alice.oid,
      world.seed.users.bob.oid,
    ]);
    expect(world.entra.counts.token).toBeLessThanOrEqual(4);
    expect(lines.map(({ event, credential }) => [event, credential])).toEqual([
      ["credential_selected", versions[0].label],
      ["credential_rejected", versions[0].label],
      ["credential_selected", versions[1].label],
      ["credential_dropped", versions[0].label],
    ]);
    expect(lines[1]?.reason).toContain("AADSTS700027: The certificate is not registered for the app");
    expect(JSON.stringify(lines)).not.toMatch(/BEGIN|eyJ/);
    certificates.splice(certificates.indexOf(other.registered), 1);
  });

  it("the next credential is used when one is rejected, and when one cannot sign", async () => {
    const signless: ClientCredential = {
      label: "signs in the vault",
      expiresOnMs: undefined,
      proof: { kind: "assertion", sign: () => Promise.reject(new CredentialLoadError("The vault cannot sign.")) },
    };
    const [wrong, right] = [secretCredential("not-the-secret"), secretCredential(world.seed.gatewaySecret)];
    const { exchange, lines } = ringOf(
      () => signless,
      () => wrong,
      () => right,
    );
    await exchange();
    expect(lines.map(({ event }) => event)).toEqual([
      "credential_selected",
      "credential_unavailable",
      "credential_selected",
      "credential_rejected",
      "credential_selected",
    ]);
    expect(JSON.stringify(lines)).not.toContain("not-the-secret");
  });

  it("a user's own failure is no rejection", async () => {
    const right = secretCredential(world.seed.gatewaySecret);
    const { exchange, lines } = ringOf(() => right);
    world.entra.faults.add({ times: 1, effect: { kind: "error", aadsts: 50076 } });
    await expect(exchange()).rejects.toMatchObject({ code: "interaction_required" });
    await exchange();
    expect(lines.map(({ event }) => event)).toEqual(["credential_selected"]);
  });

  it("a client assertion outside its time says how wrong the clock is, and that no newer version would help", async () => {
    world.clock.advance(600_000);
    world.entra.faults.add({ times: 1, effect: { kind: "error", aadsts: 700024 } });
    const error = await worldGateway(world).failure(await tokenA(world), [world.seed.scopes.profile]);
    expect(error).toBeInstanceOf(CredentialRejectedError);
    expect(error).toMatchObject({ traits: { certain: true, newerMayCure: false } });
    expect(error.diagnosis).toMatch(/This machine's clock is (599|600|601) s behind Entra ID's\./);
  });

  it.each([
    [700016, "unauthorized_client", undefined],
    [7000229, "invalid_client", undefined],
    [7000112, "unauthorized_client", undefined],
    [50013, "invalid_grant", undefined],
    [999_999, "invalid_grant", undefined],
    [999_999, "invalid_client", { certain: false, newerMayCure: true }],
    [7000215, "invalid_client", { certain: true, newerMayCure: true }],
    [700213, "invalid_request", { certain: true, newerMayCure: true }],
  ])("AADSTS%i with %s", (code, error, expected) => {
    expect(credentialRejection(error, [code])).toEqual(expected);
  });
});
