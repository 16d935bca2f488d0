import type { ServerIdentity } from "@obo-gateway/local-azure/tls/certificateAuthority.ts";
import type { StartTimer } from "./forwarding/withTimeout.ts";
import type { PolicyTrace } from "./trace.ts";

/** A policy document or fragment: `file` is for messages only. */
export interface PolicySource {
  readonly file: string;
  readonly text: string;
}

export interface OperationDefinition {
  readonly id: string;
  readonly name?: string;
  /** An HTTP method; API Management has none for "any". */
  readonly method: string;
  /** `/orders/{id}`, `/files/*`, ... */
  readonly urlTemplate: string;
  readonly policy?: PolicySource;
}

export interface ApiDefinition {
  readonly id: string;
  readonly name?: string;
  /** The API's URL suffix, "" for none. */
  readonly path: string;
  /** Where requests go unless a policy says otherwise. */
  readonly serviceUrl?: string;
  readonly subscriptionRequired: boolean;
  readonly operations: readonly OperationDefinition[];
  readonly policy?: PolicySource;
}

export interface ProductDefinition {
  readonly id: string;
  readonly name?: string;
  /** Ids of the APIs in it. */
  readonly apis: readonly string[];
  /** False: an open product, whose policy holds for requests without a key. */
  readonly subscriptionRequired: boolean;
  readonly policy?: PolicySource;
}

export interface SubscriptionDefinition {
  readonly id: string;
  readonly name?: string;
  readonly primaryKey: string;
  readonly secondaryKey: string;
  readonly scope: "all-apis" | { readonly api: string } | { readonly product: string };
  /** False: suspended or cancelled. */
  readonly active?: boolean;
}

/** As in the ARM resource `Microsoft.ApiManagement/service/backends`. Durations are ISO 8601 (`PT1M`). */
export interface CircuitBreakerRule {
  readonly name: string;
  readonly failureCondition: {
    readonly count: number;
    readonly interval: string;
    readonly statusCodeRanges?: readonly { readonly min: number; readonly max: number }[];
    readonly errorReasons?: readonly string[];
  };
  readonly tripDuration: string;
  readonly acceptRetryAfter?: boolean;
}

export interface BackendDefinition {
  readonly url: string;
  readonly circuitBreaker?: { readonly rules: readonly CircuitBreakerRule[] };
}

/** `secret`: never shown in a trace. */
export type NamedValue = string | { readonly value: string; readonly secret: true };

export interface ManagedIdentityToken {
  readonly accessToken: string;
  /** Milliseconds since the epoch. */
  readonly expiresOnMs: number;
}

/** Gets a token as the gateway's managed identity; `clientId` chooses a user-assigned one. */
export type ManagedIdentity = (resource: string, clientId?: string) => Promise<ManagedIdentityToken>;

export type Tier =
  | "Consumption"
  | "Developer"
  | "Basic"
  | "BasicV2"
  | "Standard"
  | "StandardV2"
  | "Premium"
  | "PremiumV2";

export interface ApimOptions {
  readonly apis: readonly ApiDefinition[];
  /** The policy of all APIs; without one, API Management's own default, which forwards. */
  readonly globalPolicy?: PolicySource;
  readonly fragments?: Readonly<Record<string, PolicySource>>;
  readonly namedValues?: Readonly<Record<string, NamedValue>>;
  readonly backends?: Readonly<Record<string, BackendDefinition>>;
  /**
   * What an open circuit breaker comes to, which the documentation leaves open: an answer that outbound policies see
   * (the default), or an error for on-error. Policies had better stand both.
   */
  readonly openCircuit?: "response" | "error";
  /**
   * What becomes of the encoding of a request's path at its arrival, which the documentation leaves open too, while public
   * reports say that an encoded slash becomes a slash: kept (the default), or decoded for operations and policies alike,
   * and encoded anew for the backend. Policies had better stand both.
   */
  readonly pathEncoding?: "kept" | "decoded";
  readonly products?: readonly ProductDefinition[];
  readonly subscriptions?: readonly SubscriptionDefinition[];
  readonly identity?: ManagedIdentity;
  /** PEM of a CA that outgoing TLS trusts, besides the usual ones. */
  readonly trustedCa?: string;
  /** Base URL of the cloud's sign-in service, for validate-azure-ad-token. */
  readonly entraUrl?: string;
  readonly tier: Tier;
  /** Whether a Redis cache is connected: the only cache that the Consumption tier has. */
  readonly externalCache?: boolean;
  /** 0, the default: any free port. */
  readonly port?: number;
  /** Plain HTTP without it. */
  readonly tls?: ServerIdentity;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
  /** Waits between retries. */
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Times the time-outs of policies; the clock of the machine unless told. */
  readonly startTimer?: StartTimer;
  readonly trace?: (record: PolicyTrace) => void;
  /** The messages of trace policies, as Application Insights gets them. */
  readonly telemetry?: (message: string) => void;
  /** One line per fault of the gateway itself, without secrets. */
  readonly log?: (line: string) => void;
}
