import type { Dispatcher } from "undici";
import type { Backends } from "../forwarding/backends.ts";
import type { StartTimer } from "../forwarding/withTimeout.ts";
import type { Quotas } from "../limits/quotas.ts";
import type { RateLimiter } from "../limits/rateLimiter.ts";
import type { ValueCache } from "../limits/valueCache.ts";
import type { ApiDefinition } from "../options.ts";
import type { PolicyValues } from "../policyValue.ts";
import type { ManagedIdentityTokens } from "../security/managedIdentityTokens.ts";
import type { OpenIdConfigurations } from "../security/openIdConfigurations.ts";

/** What policies use while they run, one of each per gateway. */
export interface Services {
  readonly values: PolicyValues;
  readonly now: () => number;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly startTimer: StartTimer;
  readonly dispatcher: Dispatcher;
  readonly backends: Backends;
  readonly cache: ValueCache;
  readonly rateLimiter: RateLimiter;
  readonly quotas: Quotas;
  readonly openCircuit: "response" | "error";
  readonly pathEncoding: "kept" | "decoded";
  readonly identityTokens: ManagedIdentityTokens;
  readonly openId: OpenIdConfigurations;
  /** Base URL of the sign-in service, without a slash at the end. */
  readonly entraUrl: string;
  readonly log: (line: string) => void;
  /** Takes the messages of trace policies. */
  readonly telemetry: (message: string) => void;
  readonly apis: readonly ApiDefinition[];
  /** What `context.Tracing` says. */
  readonly tracing: boolean;
}
