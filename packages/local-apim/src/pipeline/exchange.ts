import type { BodyReads } from "../http/bodyReads.ts";
import type { ApiDefinition, OperationDefinition, ProductDefinition, SubscriptionDefinition } from "../options.ts";
import type { PolicyValue } from "../policyValue.ts";
import type { StepNote, TraceRecorder } from "../trace.ts";
import type { ErrorPlace, GatewayError } from "./gatewayError.ts";
import type { GatewayRequest, GatewayResponse } from "./messages.ts";
import type { Scope, Section } from "./scopes.ts";
import type { Services } from "./services.ts";

/** The subscription whose key the caller showed, and which of the two keys it was. */
export interface UsedSubscription {
  readonly definition: SubscriptionDefinition;
  readonly key: string;
}

/** One request on its way through the policies. */
export interface Exchange {
  readonly requestId: string;
  readonly services: Services;
  readonly request: GatewayRequest;
  /** Undefined until there is one: from the backend, or an error's. */
  response: GatewayResponse | undefined;
  /** The Host header as the caller sent it; the backend gets its own, unless a policy has set another. */
  readonly originalHost: string | undefined;
  readonly variables: Map<string, PolicyValue>;
  readonly api: ApiDefinition | undefined;
  readonly operation: OperationDefinition | undefined;
  product: ProductDefinition | undefined;
  subscription: UsedSubscription | undefined;
  /** The backend resource that the request goes to, if not just a URL. */
  backendId: string | undefined;
  /** Whether the request has somewhere to go: a service URL, or what set-backend-service named. */
  hasBackend: boolean;
  /** What of `request.url.path` is the backend's base URL, without a slash at the end. */
  backendPath: string;
  lastError: GatewayError | undefined;
  /** The policy documents in scope; the product's depends on the subscription. */
  readonly documents: Map<Scope, CompiledDocument>;
  /** Milliseconds since the epoch at which the request came. */
  readonly timestampMs: number;
  /** Fires when the caller is gone. */
  readonly signal: AbortSignal;
  readonly trace: TraceRecorder;
  readonly bodyReads: BodyReads;
  /** Put on the answer at the very end, whoever made it: CORS, rate limits. */
  readonly answerHeaders: Map<string, string>;
  /** Called once the answer is known, before it is sent. */
  readonly atAnswer: (() => Promise<void> | void)[];
}

/** `responded`: the answer is complete, and no further policy runs. */
export type Flow = "next" | "responded";

/** What a policy does. `note.effect` tells the trace what came of it. */
export interface StepAction {
  // biome-ignore lint/style/useShorthandFunctionType: policies with a part in preflights extend it
  (exchange: Exchange, note: StepNote): Promise<Flow>;
}

/** What came of a CORS preflight: `unmatched` where the policies that were found leave it to others, `none` without any. */
export type PreflightOutcome = "decided" | "unmatched" | "none";
export type Preflight = (exchange: Exchange) => Promise<PreflightOutcome>;

/** A policy, ready to run. */
export interface Step {
  readonly place: ErrorPlace;
  readonly line: { readonly file: string; readonly line: number };
  readonly run: StepAction;
  /** Of `cors`, and of what leads to it. */
  readonly preflight: Preflight | undefined;
}

/** A policy document; a section that it does not have takes the outer scope's, as if it were just `<base/>`. */
export interface CompiledDocument {
  readonly sections: ReadonlyMap<Section, readonly Step[]>;
}
