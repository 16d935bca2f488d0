import { randomBytes } from "node:crypto";
import type { Tenant } from "../entra/directory.ts";
import type { LocalEntra } from "../entra/entra.ts";
import { Refusal } from "../entra/errors.ts";
import type { FaultScope } from "../net/faultPlan.ts";
import { type HttpService, startHttpService } from "../net/httpService.ts";
import { createRequestJournal } from "../net/requestJournal.ts";
import { createServerFaults, type TransportFaults } from "../net/serverFaults.ts";
import { ManagedIdentityError, throttled } from "./errors.ts";
import { createAssignedIdentities, type ManagedIdentity } from "./identities.ts";
import { answerFailure, answerRequest, type Endpoint, type ManagedIdentityRequest, PATH } from "./requestHandler.ts";

const HEADER_BYTES = 16;
/** What Entra ID gives managed identities. */
const DAY_MS = 86_400_000;

export interface ManagedIdentityOptions {
  readonly entra: Pick<LocalEntra, "issueApplicationToken">;
  readonly tenant: Tenant;
  /** Assigned from the start. */
  readonly identities?: readonly ManagedIdentity[];
  /** 0, the default: any free port. */
  readonly port?: number;
}

/** Failures of the endpoint. Each method that plans one returns a function that lifts it. */
export interface ManagedIdentityFaults extends TransportFaults {
  /** 429. Without seconds there is no `Retry-After`. */
  throttled(retryAfterSeconds: number | undefined, scope?: FaultScope): () => void;
  /** 500 to 599. */
  failing(status: number, scope?: FaultScope): () => void;
}

/**
 * The endpoint at which a function app gets tokens for the identities assigned to it, in App Service's protocol (2019-08-01).
 * Without TLS and on the loopback interface, as there. It makes a new token for each request, where the original keeps one for
 * hours.
 */
export interface LocalManagedIdentity {
  /** What App Service puts into the environment of the app. */
  readonly settings: { readonly IDENTITY_ENDPOINT: string; readonly IDENTITY_HEADER: string };
  readonly identities: readonly ManagedIdentity[];
  assign(identity: ManagedIdentity): void;
  unassign(clientId: string): void;
  /** Lifetime of the tokens from now on: a day unless told. */
  setTokenLifetime(lifetimeMs: number): void;
  readonly faults: ManagedIdentityFaults;
  readonly requests: readonly Readonly<ManagedIdentityRequest>[];
  /** Calls back when a call is over; the function returned ends that. */
  onRequest(listener: (request: Readonly<ManagedIdentityRequest>) => void): () => void;
  /** Calls back when a call arrives, before it is answered. */
  onArrival(listener: (request: Readonly<ManagedIdentityRequest>) => void): () => void;
  close(): Promise<void>;
}

/** @throws PortTakenError when the port is in use. */
export async function startManagedIdentity(options: ManagedIdentityOptions): Promise<LocalManagedIdentity> {
  const { entra, tenant, port = 0 } = options;
  let lifetimeMs = DAY_MS;
  const identities = createAssignedIdentities();
  for (const identity of options.identities ?? []) identities.assign(identity);
  const journal = createRequestJournal<ManagedIdentityRequest>();
  const faults = createServerFaults<() => ManagedIdentityError>(() => service);
  const endpoint: Endpoint = {
    header: randomBytes(HEADER_BYTES).toString("hex").toUpperCase(),
    identities,
    journal,
    faults,
    async issueToken({ principalId: principalOid, clientId }, resource) {
      try {
        return await entra.issueApplicationToken({ tenant, principalOid, clientId, resource, lifetimeMs });
      } catch (error) {
        if (error instanceof Refusal) throw new ManagedIdentityError(400, `AADSTS${error.aadsts}: ${error.message}`);
        throw error;
      }
    },
  };
  const service: HttpService = await startHttpService({
    part: "the managed identity endpoint",
    port,
    answer: (exchange) => answerRequest(endpoint, exchange),
    failed: answerFailure,
  });
  return {
    settings: { IDENTITY_ENDPOINT: `${service.url}${PATH}`, IDENTITY_HEADER: endpoint.header },
    get identities() {
      return identities.all;
    },
    assign: identities.assign,
    unassign: identities.unassign,
    setTokenLifetime(wantedMs) {
      lifetimeMs = wantedMs;
    },
    faults: {
      ...faults.transport,
      throttled: (retryAfterSeconds, scope) => faults.planAnswer(() => throttled(retryAfterSeconds), scope),
      failing(status, scope) {
        if (!(status >= 500 && status <= 599)) throw new RangeError(`A server failure is 500 to 599, not ${status}.`);
        return faults.planAnswer(() => new ManagedIdentityError(status, "An unexpected error occurred."), scope);
      },
    },
    requests: journal.entries,
    onRequest: journal.onFinish,
    onArrival: journal.onArrival,
    close: () => service.close(),
  };
}
