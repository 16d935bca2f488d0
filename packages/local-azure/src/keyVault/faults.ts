import type { FaultScope } from "../net/faultPlan.ts";
import type { ServerFaults, TransportFaults } from "../net/serverFaults.ts";
import type { AccessModel } from "./access.ts";
import { forbidden, type KeyVaultError, serverFailure, throttled } from "./errors.ts";
import type { Principal } from "./principal.ts";
import type { Permission } from "./roles.ts";

/** What an answering fault knows of the request it befalls. */
export interface Befallen {
  readonly principal: Principal;
  readonly permission: Permission;
  readonly path: string;
}

export type FaultAnswer = (befallen: Befallen) => KeyVaultError;

/** Failures of Key Vault. Each method that plans one returns a function that lifts it. */
export interface KeyVaultFaults extends TransportFaults {
  /** 403, as if the permission were missing. */
  forbidden(model: AccessModel, scope?: FaultScope): () => void;
  /** 429. Without seconds there is no `Retry-After`. */
  throttled(retryAfterSeconds: number | undefined, scope?: FaultScope): () => void;
  /** 500 to 599. */
  failing(status: number, scope?: FaultScope): () => void;
}

export function createKeyVaultFaults(faults: ServerFaults<FaultAnswer>): KeyVaultFaults {
  return {
    ...faults.transport,
    forbidden: (model, scope) =>
      faults.planAnswer(({ principal, permission, path }) => forbidden(model, principal, permission, path), scope),
    throttled: (retryAfterSeconds, scope) => faults.planAnswer(() => throttled(retryAfterSeconds), scope),
    failing(status, scope) {
      if (!(status >= 500 && status <= 599)) throw new RangeError(`A server failure is 500 to 599, not ${status}.`);
      return faults.planAnswer(() => serverFailure(status), scope);
    },
  };
}
