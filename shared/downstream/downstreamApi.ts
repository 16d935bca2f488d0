import type { Clock } from "../clock.ts";
import type { DownstreamApiSettings } from "../config/settings.ts";
import {
  DownstreamUnavailableError,
  MethodNotAllowedError,
  PathNotAllowedError,
  RequestTooLargeError,
} from "../errors/errors.ts";
import type { ValidatedAssertion } from "../inbound/userTokenValidator.ts";
import type { Secret } from "../secret.ts";
import type { Log } from "../telemetry/log.ts";
import type { CallPermit } from "./callQueue.ts";
import { CallQueue, userKey } from "./callQueue.ts";
import type { CircuitListener } from "./circuitBreaker.ts";
import { CircuitBreaker } from "./circuitBreaker.ts";
import type { DownstreamRequest, DownstreamResponse } from "./downstreamClient.ts";
import { DownstreamClient } from "./downstreamClient.ts";
import { guardedCall } from "./guardedCall.ts";
import { overridesMethod } from "./methodOverride.ts";
import { isBelow } from "./pathPrefix.ts";
import { refuseDoubledHeaders } from "./singleHeaders.ts";
import { targetPath } from "./targetPath.ts";

/** What of a caller's request decides whether it may go on. */
export interface AskedRequest {
  readonly method: string;
  /** The path behind the API's name, still encoded: empty, or beginning with a slash. */
  readonly rest: string;
  /** Empty, or from the question mark on. */
  readonly query: string;
  /** A header's value; of a repeated one all values, joined by commas. */
  readonly header: (name: string) => string | undefined;
  /** Names and values in turn. */
  readonly rawHeaders: readonly string[];
}

/** A request that may go on. */
export interface AdmittedRequest {
  /** The API, with the scopes that this path needs. */
  readonly api: DownstreamApiSettings;
  /** Path and query below the API's origin. */
  readonly path: string;
}

export interface DownstreamApiOptions {
  readonly log: Log;
  readonly now: Clock;
}

/** One configured downstream API: what may be asked of it, and the connections to it. */
export class DownstreamApi {
  readonly #api: DownstreamApiSettings;
  readonly #queue: CallQueue;
  readonly #client: DownstreamClient;
  readonly #breaker: CircuitBreaker | undefined;
  /** The longest prefix first. */
  readonly #byPrefix: readonly { readonly prefix: string; readonly api: DownstreamApiSettings }[];

  constructor(api: DownstreamApiSettings, { log, now }: DownstreamApiOptions) {
    this.#api = api;
    this.#queue = new CallQueue(api);
    this.#client = new DownstreamClient(api);
    this.#breaker = api.circuitBreaker && new CircuitBreaker(api.circuitBreaker, circuitLog(log, api.name), now);
    // One object per prefix for good: the token cache's key is made of its name and scopes.
    this.#byPrefix = api.scopesByPrefix.map(({ prefix, scopes }) => ({ prefix, api: { ...api, scopes } }));
  }

  /**
   * Applies the API's rules. To be asked before a token is.
   * @throws InvalidTargetError or InvalidRequestError (400), PathNotAllowedError (403), MethodNotAllowedError (405),
   *   RequestTooLargeError (413).
   */
  admit({ method, rest, query, header, rawHeaders }: AskedRequest): AdmittedRequest {
    const { name, basePath, allowedMethods, allowedPathPrefixes, maxRequestBodyBytes } = this.#api;
    const path = targetPath(basePath, rest, query);
    refuseDoubledHeaders(header);
    if (allowedPathPrefixes.length > 0 && !allowedPathPrefixes.some((prefix) => isBelow(prefix, rest)))
      throw new PathNotAllowedError(name);
    if (allowedMethods.length > 0 && !allowedMethods.includes(method))
      throw new MethodNotAllowedError(name, allowedMethods);
    if (allowedMethods.length > 0) {
      const by = overridesMethod(rawHeaders, query, allowedMethods);
      if (by !== undefined) throw new MethodNotAllowedError(name, allowedMethods, by);
    }
    if (maxRequestBodyBytes !== undefined && Number(header("content-length") ?? 0) > maxRequestBodyBytes)
      throw new RequestTooLargeError(name, maxRequestBodyBytes);
    const api = this.#byPrefix.find(({ prefix }) => isBelow(prefix, rest))?.api ?? this.#api;
    return { api, path };
  }

  /**
   * The user's turn to call: at once, or after waiting for one. An open circuit breaker refuses before any waiting, and a
   * call becomes its probe only in `send`, with the permit in hand: no probe waits in the queue.
   * @throws as CallQueue.enter, and DownstreamUnavailableError (503).
   */
  enter(user: ValidatedAssertion, signal: AbortSignal): CallPermit | Promise<CallPermit> {
    const retryAfter = this.#breaker?.blockedForSeconds();
    if (retryAfter !== undefined) throw new DownstreamUnavailableError(this.#api.name, retryAfter);
    return this.#queue.enter(userKey(user), signal);
  }

  /** Calls that have a permit, and calls that wait for one. */
  get calls(): { readonly underWay: number; readonly waiting: number } {
    return this.#queue;
  }

  /**
   * Sends a request with token B, once, unless the API's circuit breaker is open.
   * @throws as DownstreamClient.call, and DownstreamUnavailableError (503).
   */
  send(request: DownstreamRequest, token: Secret): Promise<DownstreamResponse> {
    if (this.#breaker === undefined) return this.#client.call(request, token);
    return guardedCall(this.#breaker, { api: this.#api.name, request }, () => this.#client.call(request, token));
  }

  close(): Promise<void> {
    return this.#client.close();
  }
}

function circuitLog(log: Log, api: string): CircuitListener {
  return {
    opened: (failures, pauseMs) => log.warning("circuit_opened", { api, failures, pauseMs }),
    closed: () => log.info("circuit_closed", { api }),
  };
}
