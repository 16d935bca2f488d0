import { decodeJwt } from "jose";
import { describe, expect, it } from "vitest";
import { createClientCertificate } from "../../../packages/local-azure/test/entra/support/clientCertificate.ts";
import { tokenA } from "../../../packages/local-azure/test/entra/support/requests.ts";
import { useWorld } from "../../../packages/local-azure/test/entra/support/world.ts";
import { certificateFromPem } from "../../../shared/credentials/certificate.ts";
import { certificateCredential } from "../../../shared/credentials/clientAssertion.ts";
import { CORRELATION_ID, secretCredential } from "./support/exchanges.ts";
import { worldGateway } from "./support/worldGateway.ts";

describe("OnBehalfOfExchange", () => {
  const world = useWorld();

  it("brings a token for the user, the API and the gateway, with the correlation id", async () => {
    const { token, expiresOnMs } = await worldGateway(world).accessToken(await tokenA(world), [
      world.seed.scopes.profile,
    ]);
    const claims = decodeJwt(token.reveal());
    expect(claims).toMatchObject({
      aud: world.seed.profile.clientId,
      oid: world.seed.users.alice.oid,
      scp: "Profile.Read",
      azp: world.seed.gateway.clientId,
    });
    expect(Math.abs(expiresOnMs - (claims.exp ?? 0) * 1_000)).toBeLessThanOrEqual(2_000);
    expect(world.entra.requests.at(-1)).toMatchObject({ clientRequestId: CORRELATION_ID, outcome: "issued" });
  });

  it("proves itself with a certificate", async () => {
    const { certificatePem, privateKeyPem, registered } = await createClientCertificate(Date.now());
    world.seed.gateway.certificates.push(registered);
    world.seed.directory.settings.refuseReplayedClientAssertions = true;
    const credential = certificateCredential(certificateFromPem(Buffer.from(privateKeyPem + certificatePem), ""), {
      clientId: world.seed.gateway.clientId,
      sendX5C: true,
      now: Date.now,
      source: "test",
    });
    const gateway = worldGateway(world);
    try {
      // Each request carries an assertion of its own: a directory that refuses replays takes them all.
      for (let time = 0; time < 3; time++) {
        await gateway.accessToken(await tokenA(world), [world.seed.scopes.profile], { credential });
      }
    } finally {
      world.seed.directory.settings.refuseReplayedClientAssertions = false;
    }
    expect(world.entra.requests.at(-1)?.proof).toEqual({
      kind: "certificate",
      thumbprint: registered.thumbprintSha256,
    });
  });

  it("uses the credential that it is given, each time", async () => {
    const gateway = worldGateway(world);
    const scopes = [world.seed.scopes.profile];
    const wrong = await gateway.failure(await tokenA(world), scopes, { credential: secretCredential("wrong") });
    expect(wrong.code).toBe("gateway_misconfigured");
    await expect(gateway.accessToken(await tokenA(world), scopes)).resolves.toBeDefined();
  });

  it("announces its capabilities, and hands a challenge's claims on beside them", async () => {
    const gateway = worldGateway(world, { settings: { ClientCapabilities__0: "cp1" } });
    const assertion = await tokenA(world);
    const capabilities = { access_token: { xms_cc: { values: ["cp1"] } } };
    const { token } = await gateway.accessToken(assertion, [world.seed.scopes.profile]);
    expect(JSON.parse(world.entra.requests.at(-1)?.claims ?? "")).toMatchObject(capabilities);
    expect(decodeJwt(token.reveal()).xms_cc).toEqual(["cp1"]);

    const nbf = { essential: true, value: String(Math.floor(Date.now() / 1_000) - 60) };
    await gateway.accessToken(assertion, [world.seed.scopes.profile], {
      claims: JSON.stringify({ access_token: { nbf } }),
    });
    expect(JSON.parse(world.entra.requests.at(-1)?.claims ?? "")).toMatchObject({
      access_token: { nbf, ...capabilities.access_token },
    });
  });

  it("asks Entra ID each time: nothing is answered from memory", async () => {
    const gateway = worldGateway(world);
    const assertion = await tokenA(world);
    world.entra.counts.reset();
    const tokens = [];
    for (let time = 0; time < 3; time++)
      tokens.push((await gateway.accessToken(assertion, [world.seed.scopes.profile])).token.reveal());
    expect(new Set(tokens).size).toBe(3);
    expect(world.entra.counts).toMatchObject({ token: 3, metadata: 1, instanceDiscovery: 0 });
  });

  it.each([
    ["429", { kind: "throttle", retryAfterS: 3_600 }],
    ["503", { kind: "outage", status: 503, retryAfterS: 3_600 }],
  ] as const)("does not let one user's %s refuse another, nor the same user's next call", async (_what, effect) => {
    const gateway = worldGateway(world);
    const scopes = [world.seed.scopes.profile];
    const [alice, bob] = [await tokenA(world, "alice"), await tokenA(world, "bob")];
    world.entra.faults.add({ aim: { user: "alice" }, times: 1, effect });
    expect((await gateway.failure(alice, scopes)).members.retryAfter).toBe(3_600);
    world.entra.counts.reset();
    const { token } = await gateway.accessToken(bob, scopes);
    expect(decodeJwt(token.reveal()).oid).toBe(world.seed.users.bob.oid);
    await expect(gateway.accessToken(alice, scopes)).resolves.toBeDefined();
    expect(world.entra.counts.token).toBe(2);
  });
});
