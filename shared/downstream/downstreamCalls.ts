import { boundedMap } from "../boundedMap.ts";
import type { Clock } from "../clock.ts";
import type { DownstreamApiSettings } from "../config/settings.ts";
import type { ChallengeRealm } from "../errors/challenge.ts";
import { DownstreamTimeoutError, DownstreamUnreachableError, InteractionRequiredError } from "../errors/errors.ts";
import type { TokenBroker } from "../exchange/tokenBroker.ts";
import type { AccessToken } from "../exchange/tokenCache.ts";
import type { ValidatedAssertion } from "../inbound/userTokenValidator.ts";
import type { Secret } from "../secret.ts";
import type { Log } from "../telemetry/log.ts";
import { describeError } from "../telemetry/log.ts";
import { CallPermit } from "./callQueue.ts";
import { demandedClaims, ownChallenge } from "./challenge.ts";
import type { DownstreamApi } from "./downstreamApi.ts";
import type { DownstreamRequest, DownstreamResponse } from "./downstreamClient.ts";
import { drain } from "./downstreamClient.ts";
import { ReplayBuffer } from "./requestBody.ts";

const UNAUTHORIZED = 401;
const FORBIDDEN = 403;

export interface DownstreamCallsOptions {
  readonly broker: Pick<TokenBroker, "accessToken" | "replace" | "forget">;
  readonly realm: ChallengeRealm;
  readonly now: Clock;
}

/** One call of a caller, which the API's rules admitted. */
export interface AdmittedCall {
  readonly user: ValidatedAssertion;
  readonly target: Pick<DownstreamApi, "enter" | "send">;
  readonly api: DownstreamApiSettings;
  readonly request: DownstreamRequest;
  readonly log: Log;
}

/**
 * Calls downstream APIs with token B. Where the API rejects the token, or the connection fails and that may be
 * repeated, the call is made once more, and never a third time: whatever comes then is the answer.
 */
export class DownstreamCalls {
  readonly #options: DownstreamCallsOptions;
  readonly #refused: UnansweredChallenges;

  constructor(options: DownstreamCallsOptions) {
    this.#options = options;
    this.#refused = new UnansweredChallenges(options.now);
  }

  /** @throws what getting the token, DownstreamApi.enter or DownstreamApi.send throws. */
  async call(call: AdmittedCall): Promise<DownstreamResponse> {
    const { user, target, api, request } = call;
    // Before the queue: a slow identity provider must not keep a permit.
    const issued = await this.#options.broker.accessToken({ user, api, correlationId: request.correlationId });
    const sinceMs = this.#options.now();
    const turn = target.enter(user, request.signal);
    const hasWaited = !(turn instanceof CallPermit);
    const permit = hasWaited ? await turn : turn;
    try {
      const left = hasWaited ? { withinMs: this.#leftMs(api, sinceMs) } : undefined;
      return await this.#attempts(call, { ...request, ...left, permit }, issued, sinceMs);
    } finally {
      // The bodies that still stream hold it on.
      permit.release();
    }
  }

  async #attempts(
    call: AdmittedCall,
    request: DownstreamRequest,
    issued: AccessToken,
    sinceMs: number,
  ): Promise<DownstreamResponse> {
    const { target } = call;
    // Without a body there is nothing to keep.
    const first = request.body === undefined ? request : { ...request, kept: new ReplayBuffer() };
    let answer: DownstreamResponse;
    try {
      answer = await target.send(first, issued.token);
    } catch (error) {
      const second = await this.#afterFailure(error, call, first, sinceMs);
      if (second === undefined) throw error;
      answer = await target.send(second, issued.token);
      return this.#answered(this.#rejected(answer, call, issued), call);
    }
    if (answer.status !== UNAUTHORIZED) {
      first.kept?.release();
      return this.#answered(answer, call);
    }
    return this.#answered(await this.#afterRejection(answer, call, first, issued, sinceMs), call);
  }

  /** The same request once more, where the API's settings, the failure, the verb, the body and the time allow it. */
  async #afterFailure(
    error: unknown,
    { api, log }: AdmittedCall,
    first: DownstreamRequest,
    sinceMs: number,
  ): Promise<DownstreamRequest | undefined> {
    if (!api.retryConnectionFailures || !mayRepeatAfter(error, first.method)) return undefined;
    const second = await this.#again(first, api, sinceMs);
    if (second !== undefined) log.warning("call_repeated", { api: api.name, error: describeError(error) });
    return second;
  }

  /** The answer to the call with another token, where there is reason to get one and the call can be made again; else this one. */
  async #afterRejection(
    answer: DownstreamResponse,
    call: AdmittedCall,
    first: DownstreamRequest,
    issued: AccessToken,
    sinceMs: number,
  ): Promise<DownstreamResponse> {
    const { user, target, api, log } = call;
    const { broker } = this.#options;
    const claims = demandedClaims(answer.challenges);
    if (!this.#anotherMayDo(issued, claims)) return this.#rejected(answer, call, issued);
    const second = await this.#again(first, api, sinceMs);
    if (second === undefined) return this.#rejected(answer, call, issued);
    drain(answer.body);
    log.info("call_repeated", { api: api.name, challenge: claims === undefined ? "none" : "claims" });
    const wanted = claims ?? issued.claims;
    const other = await broker
      .replace(
        { user, api, correlationId: first.correlationId, ...(wanted === undefined ? {} : { claims: wanted }) },
        issued,
      )
      .catch((error: unknown) => {
        throw withClaims(error, claims);
      });
    const last = await target.send(second, other.token);
    if (last.status === UNAUTHORIZED) this.#refused.add(other.token, demandedClaims(last.challenges));
    return last;
  }

  /** A 401 that is the answer: its token is forgotten, so that the next call gets another, if another could do better. */
  #rejected(answer: DownstreamResponse, { user, api }: AdmittedCall, issued: AccessToken): DownstreamResponse {
    if (answer.status !== UNAUTHORIZED) return answer;
    const claims = demandedClaims(answer.challenges);
    if (this.#anotherMayDo(issued, claims)) this.#options.broker.forget({ user, api }, issued);
    else this.#refused.add(issued.token, claims);
    return answer;
  }

  /** What waited in a cache may have been revoked meanwhile; what is new may still lack claims. */
  #anotherMayDo(issued: AccessToken, claims: string | undefined): boolean {
    return (issued.cached === true || claims !== undefined) && !this.#refused.has(issued.token, claims);
  }

  async #again(
    first: DownstreamRequest,
    api: DownstreamApiSettings,
    sinceMs: number,
  ): Promise<DownstreamRequest | undefined> {
    const body = first.body === undefined ? undefined : await first.kept?.whole(first.signal);
    if (first.body !== undefined && body === undefined) return undefined;
    // What passed twice must not take twice as long.
    const withinMs = this.#leftMs(api, sinceMs);
    if (withinMs <= 0 || first.signal.aborted) return undefined;
    return { ...first, body, kept: undefined, withinMs };
  }

  #leftMs({ totalTimeoutMs }: DownstreamApiSettings, sinceMs: number): number {
    return totalTimeoutMs - Math.max(0, this.#options.now() - sinceMs);
  }

  #answered(answer: DownstreamResponse, { api }: AdmittedCall): DownstreamResponse {
    const { status, challenges } = answer;
    if (status !== UNAUTHORIZED && status !== FORBIDDEN) return answer;
    const told = { status, challenges, requestAppToken: api.requestAppToken };
    const challenge = ownChallenge(told, this.#options.realm);
    if (challenge === undefined) return answer;
    return { ...answer, headers: [...answer.headers, ["www-authenticate", challenge]] };
  }
}

/** Where Entra ID wants interaction and does not say what for, the API did. */
function withClaims(error: unknown, claims: string | undefined): unknown {
  if (!(error instanceof InteractionRequiredError) || claims === undefined || error.members.claims !== undefined)
    return error;
  return new InteractionRequiredError({ ...error.members, claims }, error.diagnosis);
}

const MAX_ENTRIES = 10_000;
/**
 * An API that refuses even new tokens costs one exchange per user in this time, not one per call. No longer: tokens tell
 * their age in whole seconds, so an API may take one for older than its demand that was issued just after it.
 */
const REMEMBERED_MS = 5_000;

interface Refusal {
  /** What was demanded. */
  readonly claims: string | undefined;
  readonly sinceMs: number;
}

/**
 * Tokens that a downstream API refused as soon as they were issued: another one would be refused too, so none is asked
 * for, until a few seconds have passed or the API demands something else.
 */
export class UnansweredChallenges {
  readonly #refusals = boundedMap<Refusal>(MAX_ENTRIES);
  readonly #now: Clock;

  constructor(now: Clock) {
    this.#now = now;
  }

  /** The time counts from the first refusal: calls that never cease would put off the next exchange for ever. */
  add(token: Secret, claims: string | undefined): void {
    if (this.has(token, claims)) return;
    this.#refusals.set(token.sha256, { claims, sinceMs: this.#now() });
  }

  has(token: Secret, claims: string | undefined): boolean {
    const refusal = this.#refusals.get(token.sha256);
    if (refusal === undefined || refusal.claims !== claims) return false;
    const ageMs = this.#now() - refusal.sinceMs;
    return ageMs >= 0 && ageMs < REMEMBERED_MS;
  }
}

/** RFC 9110, 9.2.2, of the verbs that pass. */
const IDEMPOTENT = new Set(["GET", "HEAD", "OPTIONS", "PUT", "DELETE"]);

/**
 * What a new connection may cure: Node's and undici's codes for connections that were refused, did not come about in time or
 * broke. Not a certificate that is not trusted, a name that does not exist, or bytes that are not HTTP. A connection that breaks
 * within the answer's headers looks like one that breaks before them; nothing of that answer has gone on to the client.
 */
const CURABLE = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "EAI_AGAIN",
  "UND_ERR_SOCKET",
  "UND_ERR_CONNECT_TIMEOUT",
]);

/** Whether a call that brought no answer may be made again: another connection may do, and twice is as good as once. */
export function mayRepeatAfter(error: unknown, method: string): boolean {
  if (!IDEMPOTENT.has(method)) return false;
  if (!(error instanceof DownstreamUnreachableError || error instanceof DownstreamTimeoutError)) return false;
  const { cause } = error;
  return cause instanceof Error && "code" in cause && CURABLE.has(String(cause.code));
}
