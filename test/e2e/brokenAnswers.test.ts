import type { LocalDownstream } from "@obo-gateway/local-azure/downstream/downstream.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RawConnection } from "../../packages/local-azure/test/functionsHost/support/rawHttp.ts";
import { finished } from "./support/downstreamEvents.ts";
import type { GatewayUnderTest } from "./support/gatewayUnderTest.ts";
import { startGateway } from "./support/gatewayUnderTest.ts";
import { expectNothingSecretLogged } from "./support/leaks.ts";

let gateway: GatewayUnderTest;
let profile: LocalDownstream;
let token: string;
beforeAll(async () => {
  gateway = await startGateway({
    settings: ({ profile: { url }, seed }) => ({
      DownstreamApis__brief__BaseUrl: url,
      DownstreamApis__brief__Scopes: seed.scopes.profile,
      DownstreamApis__brief__TotalTimeoutSeconds: "0.8",
      DownstreamApis__restless__BaseUrl: url,
      DownstreamApis__restless__Scopes: seed.scopes.profile,
      DownstreamApis__restless__IdleTimeoutSeconds: "0.4",
    }),
  });
  profile = gateway.azure.profile;
  token = await gateway.signIn(gateway.azure.seed.users.alice);
});
afterAll(async () => {
  expectNothingSecretLogged(gateway);
  await gateway[Symbol.asyncDispose]();
});

describe("an answer that breaks off", () => {
  async function cut(path: string, api = "profile") {
    const correlationId = crypto.randomUUID();
    using connection = new RawConnection(gateway.host.url);
    connection.send(
      `GET /api/downstream/${api}${path} HTTP/1.1\r\nHost: gateway\r\nAuthorization: Bearer ${token}\r\n` +
        `X-Correlation-ID: ${correlationId}\r\n\r\n`,
    );
    expect(await connection.closed).toBe("reset");
    expect(connection.received).toMatch(/^HTTP\/1\.1 200 /);
    // A clean end would make half an answer look whole.
    expect(connection.received.endsWith("\r\n0\r\n\r\n")).toBe(false);
    const event = await gateway.log.event({ correlationId, event: "response_cut" });
    // It was not the caller who ended it.
    expect(gateway.log.find({ correlationId, event: "caller_gone" })).toBeUndefined();
    return event;
  }

  it.each(["0", "1"])("resets the connection when the downstream API dies (chunked=%s)", async (chunked) => {
    const { error } = await cut(`/cut?after=200000&chunked=${chunked}`);
    expect(error).toBe(
      "DownstreamUnreachableError [downstream_unreachable]: The downstream API profile cannot be reached. <- " +
        "SocketError [UND_ERR_SOCKET]: other side closed",
    );
  });

  it("when its whole time is over, however lively it is", async () => {
    const end = finished(profile, "/trickle");
    const { diagnosis } = await cut("/trickle?everyMs=50", "brief");
    expect(diagnosis).toBe("800 ms passed (DownstreamApis__brief__TotalTimeoutSeconds).");
    expect(await end).toMatchObject({ clientHungUp: true });
  });

  it("before the host's functionTimeout, which would end the worker with every call in it", async () => {
    await using hurried = await startGateway({
      azure: gateway.azure,
      settings: () => ({ AzureFunctionsJobHost__functionTimeout: "00:00:11" }),
    });
    const { body } = await hurried.client.send("/downstream/profile/trickle?everyMs=50", { token });
    await expect(body.arrayBuffer()).rejects.toThrow("ECONNRESET");
    const { diagnosis } = await hurried.log.event({ event: "response_cut" });
    expect(diagnosis).toMatch(/^1000 ms passed: functionTimeout /);
    expect((await hurried.client.call("/downstream/profile/me", { token })).status).toBe(200);
    expect(hurried.host.worker.restarts).toBe(0);
  });

  it("when it falls silent", async () => {
    const end = finished(profile, "/events");
    const { diagnosis } = await cut("/events?count=2&everyMs=600000", "restless");
    expect(diagnosis).toBe("400 ms passed (DownstreamApis__restless__IdleTimeoutSeconds).");
    expect(await end).toMatchObject({ clientHungUp: true });
  });
});
