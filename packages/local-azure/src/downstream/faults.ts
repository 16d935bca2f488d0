import type { OutgoingHttpHeaders } from "node:http";
import type { FaultScope } from "../net/faultPlan.ts";
import type { ServerFaults, TransportFaults } from "../net/serverFaults.ts";
import { Refusal } from "./refusal.ts";

/** Failures of the downstream API. Each method that plans one returns a function that lifts it. */
export interface DownstreamFaults extends TransportFaults {
  /** Answers callers whose token holds with this status (400 to 599) instead of what they asked for. */
  failing(status: number, headers?: OutgoingHttpHeaders, scope?: FaultScope): () => void;
}

export function createDownstreamFaults(faults: ServerFaults<Refusal>): DownstreamFaults {
  return {
    ...faults.transport,
    failing(status, headers = {}, scope) {
      if (!(status >= 400 && status <= 599)) throw new RangeError(`A failure is 400 to 599, not ${status}.`);
      return faults.planAnswer(new Refusal(status, "Fault", "This failure was asked for.", headers), scope);
    },
  };
}
