import type { FaultEffect } from "@obo-gateway/local-azure/entra/faultSchema.ts";
import { LIMITS } from "../world.ts";
import type { Fault } from "./fault.ts";
import { lifting } from "./fault.ts";

const RETRY_AFTER_S = 1;
const MS_PER_SECOND = 1_000;
const SLOW_MS = 400;
const UNAVAILABLE = ["identity_provider_unavailable"];

/** What Entra ID can do to exchanges. */
export const ENTRA_FAULTS: readonly Fault[] = [
  // The gateway keeps away from Entra ID, for that user and API, for as long as it was told to.
  atTokenEndpoint(
    "throttles",
    ["throttled"],
    { kind: "throttle", retryAfterS: RETRY_AFTER_S },
    RETRY_AFTER_S * MS_PER_SECOND,
  ),
  atTokenEndpoint("answers 503", UNAVAILABLE, { kind: "outage", status: 503, body: "json" }),
  atTokenEndpoint("answers 502 in HTML", UNAVAILABLE, { kind: "outage", status: 502, body: "html" }),
  atTokenEndpoint(
    "answers 503 with a time to wait",
    UNAVAILABLE,
    { kind: "outage", status: 503, body: "empty", retryAfterS: RETRY_AFTER_S },
    RETRY_AFTER_S * MS_PER_SECOND,
  ),
  // Who joins an exchange that hangs already waits for its end.
  atTokenEndpoint("hangs", ["identity_provider_timeout"], { kind: "hang" }, LIMITS.identityTimeoutMs),
  // On a machine that is busy with the load itself, its delay and what waits beside it may come to the limit.
  atTokenEndpoint("is slow", ["identity_provider_timeout"], { kind: "slow", delayMs: SLOW_MS }),
  atTokenEndpoint("cuts its answers", UNAVAILABLE, { kind: "cut", when: "mid-body" }),
  atTokenEndpoint("talks nonsense", ["exchange_failed"], { kind: "malformed-json" }),
  {
    name: "Entra ID is down",
    // A downstream API that wants its keys just then has none either.
    allows: [...UNAVAILABLE, "HTTP 503"],
    pauseMs: 0,
    async begin({ azure }) {
      const lifts = (["token", "metadata", "keys"] as const).map((endpoint) =>
        azure.entra.faults.add({ endpoint, effect: { kind: "cut", when: "before-headers" } }),
      );
      return lifting(() => {
        for (const lift of lifts) lift();
      });
    },
  },
];

function atTokenEndpoint(what: string, allows: readonly string[], effect: FaultEffect, pauseMs = 0): Fault {
  const fault = { aim: { grantType: "urn:ietf:params:oauth:grant-type:jwt-bearer" }, effect };
  return {
    name: `Entra ID ${what}`,
    allows,
    pauseMs,
    begin: async ({ azure }) => lifting(azure.entra.faults.add(fault)),
  };
}
