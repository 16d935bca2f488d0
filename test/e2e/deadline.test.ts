import { once } from "node:events";
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { failedExchange } from "./support/failedCall.ts";
import type { GatewayUnderTest } from "./support/gatewayUnderTest.ts";
import { startGateway } from "./support/gatewayUnderTest.ts";
import { newUser } from "./support/people.ts";

/** The host would end the worker after 12 s, and a call ends 10 s before that. */
const FUNCTION_TIMEOUT = "00:00:12";

let gateway: GatewayUnderTest;
beforeAll(async () => {
  gateway = await startGateway({
    settings: () => ({
      AzureFunctionsJobHost__functionTimeout: FUNCTION_TIMEOUT,
      AzureAd__RequestTimeoutSeconds: "60",
      DownstreamApis__profile__TotalTimeoutSeconds: "2",
    }),
  });
});
afterAll(() => gateway[Symbol.asyncDispose]());

describe("a call that would outlive the function", () => {
  it("is answered before the host ends the worker, whatever it waits for", async () => {
    const { azure, host } = gateway;
    const user = newUser(azure);
    const lift = azure.entra.faults.add({ aim: { user: user.oid }, effect: { kind: "slow", delayMs: 4_000 } });
    const event = await failedExchange(gateway, await gateway.signIn(user), {
      code: "gateway_timeout",
      detail: "The call took longer than it may.",
    });
    expect(event.diagnosis).toBe(
      "2000 ms passed: functionTimeout (host.json, AzureFunctionsJobHost__functionTimeout), less a margin.",
    );
    lift();
    const next = await gateway.client.call("/downstream/profile/me", { token: await gateway.signIn(user) });
    expect([next.status, host.worker.restarts]).toEqual([200, 0]);
  });

  it("is cut when its reader stalls: nobody else is to pay for that", async () => {
    const { host, log } = gateway;
    const token = await gateway.signIn(newUser(gateway.azure));
    const socket = connect(Number(new URL(host.url).port), "127.0.0.1");
    socket.on("error", () => undefined).pause();
    const path = "/api/downstream/profile/download?bytes=1000000000";
    socket.write(
      `GET ${path} HTTP/1.1\r\nHost: x\r\nX-Correlation-Id: stalled\r\nAuthorization: Bearer ${token}\r\n\r\n`,
    );
    const cut = await log.event({ event: "response_cut", correlationId: "stalled" });
    expect(cut.error).toContain("GatewayTimeoutError");
    expect(host.worker.restarts).toBe(0);
    socket.destroy();
  });

  it.each([
    ["passed on", true],
    ["refused", false],
  ])("is over when its caller never ends the body: %s", async (_, signedIn) => {
    const { host } = gateway;
    const token = signedIn ? await gateway.signIn(newUser(gateway.azure)) : "none";
    const socket = connect(Number(new URL(host.url).port), "127.0.0.1");
    socket.on("error", () => undefined);
    const head = `Host: x\r\nAuthorization: Bearer ${token}\r\nTransfer-Encoding: chunked`;
    socket.write(`POST /api/downstream/profile/upload HTTP/1.1\r\n${head}\r\n\r\n`);
    const trickle = setInterval(() => socket.write("1\r\nx\r\n"), 100);
    const [answer] = await Promise.race([once(socket, "data"), once(socket, "close")]);
    clearInterval(trickle);
    // The host's own: it takes no answer of the function before the body's end.
    expect(String(answer)).toMatch(/^HTTP\/1\.1 500 /);
    expect(JSON.stringify(gateway.log.lines)).not.toContain("Timeout value of");
    socket.destroy();
    expect(host.worker.restarts).toBe(0);
  });

  it("has only what is left of its time for the downstream API", async () => {
    const { azure, client, host } = gateway;
    const user = newUser(azure);
    // Half of the time goes by at Entra ID; the stream would take ten times the rest.
    const lift = azure.entra.faults.add({ aim: { user: user.oid }, effect: { kind: "slow", delayMs: 1_000 } });
    const token = await gateway.signIn(user);
    const stream = client.call("/downstream/profile/events?count=100&everyMs=100", {
      token,
      headers: { "x-correlation-id": "overlong" },
    });
    await expect(stream).rejects.toThrow();
    lift();
    const cut = await gateway.log.event({ event: "response_cut", correlationId: "overlong" });
    expect(JSON.stringify(cut)).toContain("GatewayTimeoutError");
    expect(host.worker.restarts).toBe(0);
  });

  it("ends where its caller left before its request reached the worker, and the worker lives on", async () => {
    const { host, log, client, azure } = gateway;
    const socket = connect(Number(new URL(host.url).port), "127.0.0.1");
    socket.on("error", () => undefined);
    // Announced to the worker; the request itself is held back until its first byte, which never comes.
    socket.write("POST /api/downstream/profile/upload HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n");
    await log.line(/^Executing 'Functions\.downstream'/);
    socket.resetAndDestroy();
    const { level } = await log.line(/The HTTP request of this call did not come within 2000 ms: its caller left\./);
    expect([level, host.worker.restarts]).toEqual(["error", 0]);
    const next = await client.call("/downstream/profile/me", { token: await gateway.signIn(newUser(azure)) });
    expect(next.status).toBe(200);
  });
});
