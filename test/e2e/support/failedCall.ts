import { randomUUID } from "node:crypto";
import type { LocalEntra } from "@obo-gateway/local-azure/entra/entra.ts";
import type { TokenRequestRecord } from "@obo-gateway/local-azure/entra/requestLog.ts";
import { expect } from "vitest";
import type { GatewayUnderTest } from "./gatewayUnderTest.ts";
import type { LogEvent } from "./hostLog.ts";
import type { ExpectedProblem } from "./problem.ts";
import { expectProblem } from "./problem.ts";

const ON_BEHALF_OF = "urn:ietf:params:oauth:grant-type:jwt-bearer";

/**
 * Calls an API with token A, expects exactly this problem, and gives what the log says of it. The call's correlation id is
 * on all of it: the answer, the log, and the one token request that Entra ID got.
 */
export async function failedExchange(
  gateway: GatewayUnderTest,
  token: string,
  expected: ExpectedProblem,
  api = "profile",
): Promise<LogEvent> {
  const { client, azure, log } = gateway;
  const correlationId = randomUUID();
  const calls = azure.profile.requests.length;
  const answer = await client.call(`/downstream/${api}/me`, { token, headers: { "x-correlation-id": correlationId } });
  expectProblem(gateway, answer, expected);
  expect(answer.headers["x-correlation-id"]).toBe(correlationId);
  await recorded(azure.entra, correlationId);
  const exchanges = azure.entra.requests.filter(({ clientRequestId }) => clientRequestId === correlationId);
  expect(exchanges.map(({ grantType }) => grantType)).toEqual([ON_BEHALF_OF]);
  expect(azure.profile.requests).toHaveLength(calls);
  const event = await log.event({ correlationId });
  expect(event).toMatchObject({
    event: answer.status < 500 ? "call_refused" : "call_failed",
    function: "downstream",
    code: expected.code,
    status: answer.status,
    detail: expected.detail,
  });
  return event;
}

/** A token request is recorded when it is over: one that the gateway gave up, later than the answer. */
function recorded(entra: LocalEntra, correlationId: string): Promise<void> {
  const isIt = ({ clientRequestId }: TokenRequestRecord): boolean => clientRequestId === correlationId;
  return new Promise((resolve) => {
    if (entra.requests.some(isIt)) return resolve();
    const stop = entra.onRequest((record) => {
      if (!isIt(record)) return;
      stop();
      resolve();
    });
  });
}
