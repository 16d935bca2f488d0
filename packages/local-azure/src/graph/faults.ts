import type { FaultScope } from "../net/faultPlan.ts";
import type { ServerFaults, TransportFaults } from "../net/serverFaults.ts";
import { denied, type GraphRefusal, serverFailure, throttled } from "./errors.ts";
import type { Replication } from "./replication.ts";

export type FaultAnswer = () => GraphRefusal;

/** Failures of Microsoft Graph. Each method that plans one returns a function that lifts it. */
export interface GraphFaults extends TransportFaults {
  /** 429. Without seconds there is no `Retry-After`. */
  throttled(retryAfterSeconds: number | undefined, scope?: FaultScope): () => void;
  /** 403, as if the right were missing. */
  denied(scope?: FaultScope): () => void;
  /** 500 to 599. */
  failing(status: number, scope?: FaultScope): () => void;
  /** New applications are not found by the next `requests` requests that name them; 0: at once, as to begin with. */
  replicationLag(requests: number): void;
}

export function createGraphFaults(faults: ServerFaults<FaultAnswer>, replication: Replication): GraphFaults {
  return {
    ...faults.transport,
    throttled: (retryAfterSeconds, scope) => faults.planAnswer(() => throttled(retryAfterSeconds), scope),
    denied: (scope) => faults.planAnswer(denied, scope),
    failing(status, scope) {
      if (!(status >= 500 && status <= 599)) throw new RangeError(`A server failure is 500 to 599, not ${status}.`);
      return faults.planAnswer(() => serverFailure(status), scope);
    },
    replicationLag: replication.lag,
  };
}
