import { once } from "node:events";
import type { LocalDownstream } from "@obo-gateway/local-azure/downstream/downstream.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RawConnection } from "../../packages/local-azure/test/functionsHost/support/rawHttp.ts";
import { arrived, finished } from "./support/downstreamEvents.ts";
import type { GatewayUnderTest } from "./support/gatewayUnderTest.ts";
import { startGateway } from "./support/gatewayUnderTest.ts";
import { expectNothingSecretLogged } from "./support/leaks.ts";

const HANG_UP_MS = 100;
const TRIES = 5;

let gateway: GatewayUnderTest;
let profile: LocalDownstream;
let token: string;
beforeAll(async () => {
  gateway = await startGateway();
  profile = gateway.azure.profile;
  token = await gateway.signIn(gateway.azure.seed.users.alice);
});
afterAll(async () => {
  expectNothingSecretLogged(gateway);
  await gateway[Symbol.asyncDispose]();
});

describe("a caller that hangs up", () => {
  it("ends the downstream call at once, in mid-answer", async () => {
    const delays: number[] = [];
    for (let time = 0; time < TRIES; time++) {
      const end = finished(profile, "/trickle");
      const hangUp = new AbortController();
      const { body } = await gateway.client.send("/downstream/profile/trickle?everyMs=20", {
        token,
        signal: hangUp.signal,
        headers: { "x-correlation-id": `amid-${time}` },
      });
      await once(body, "data");
      body.on("error", () => undefined);
      const hungUpAtMs = performance.now();
      hangUp.abort();
      const { clientHungUp, atMs } = await end;
      expect(clientHungUp).toBe(true);
      delays.push(atMs - hungUpAtMs);
      expect(await gateway.log.event({ correlationId: `amid-${time}` })).toMatchObject({
        event: "caller_gone",
        during: "the answer",
      });
    }
    // The library's warning of lines that come after the invocation.
    expect(gateway.log.text).not.toContain("Unexpected call");
    // The quickest: others share this machine.
    expect(Math.min(...delays)).toBeLessThan(HANG_UP_MS);
  });

  it("ends the downstream call at once, before any answer", async () => {
    const delays: number[] = [];
    for (let time = 0; time < TRIES; time++) {
      const end = finished(profile, "/hang");
      const hangUp = new AbortController();
      const there = arrived(profile, "/hang");
      const call = gateway.client.call("/downstream/profile/hang", {
        token,
        signal: hangUp.signal,
        headers: { "x-correlation-id": `hang-up-${time}` },
      });
      await there;
      const hungUpAtMs = performance.now();
      hangUp.abort();
      await expect(call).rejects.toThrow(/abort/);
      const { clientHungUp, atMs } = await end;
      expect(clientHungUp).toBe(true);
      delays.push(atMs - hungUpAtMs);
      expect(await gateway.log.event({ correlationId: `hang-up-${time}` })).toMatchObject({
        event: "caller_gone",
        during: "the wait for an answer",
      });
    }
    expect(Math.min(...delays)).toBeLessThan(HANG_UP_MS);
  });

  it("ends the downstream call in mid-request", async () => {
    const end = finished(profile, "/upload");
    const connection = new RawConnection(gateway.host.url);
    const there = arrived(profile, "/upload");
    connection.send(
      "POST /api/downstream/profile/upload HTTP/1.1\r\nHost: gateway\r\nTransfer-Encoding: chunked\r\n" +
        `X-Correlation-ID: amid-request\r\nAuthorization: Bearer ${token}\r\n\r\n5\r\nhello\r\n`,
    );
    await there;
    connection[Symbol.dispose]();
    expect(await end).toMatchObject({ clientHungUp: true });
    expect(await gateway.log.event({ correlationId: "amid-request" })).toMatchObject({
      event: "caller_gone",
      during: "the request",
    });
  });
});
