import type { Clock } from "../clock.ts";
import type { DownstreamApiSettings } from "../config/settings.ts";
import {
  DownstreamUnavailableError,
  InvalidRequestError,
  MethodNotAllowedError,
  PathNotAllowedError,
  RequestTooLargeError,
  UpgradeNotSupportedError,
} from "../errors/errors.ts";
import type { ValidatedAssertion } from "../inbound/userTokenValidator.ts";
import type { Secret } from "../secret.ts";
import type { Log } from "../telemetry/log.ts";
import type { CallPermit } from "./callQueue.ts";
import { CallQueue, userKey } from "./callQueue.ts";
import type { CircuitListener } from "./circuitBreaker.ts";
import { CircuitBreaker, guardedCall } from "./circuitBreaker.ts";
import type { DownstreamRequest, DownstreamResponse } from "./downstreamClient.ts";
import { DownstreamClient } from "./downstreamClient.ts";
import { isBelow, targetPath } from "./targetPath.ts";

/** What of a caller's request decides whether it may go on. */
export interface IncomingRequest {
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
  admit({ method, rest, query, header, rawHeaders }: IncomingRequest): AdmittedRequest {
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

/**
 * Headers by which a request asks for another method than its request line has: OData's and SharePoint's `X-HTTP-Method`,
 * Google's and Azurite's `X-HTTP-Method-Override`, and those of common middleware and older frameworks.
 */
export const OVERRIDE_HEADERS: readonly string[] = [
  "x-http-method",
  "x-http-method-override",
  "x-method-override",
  "x-override-method",
  "x-tunneled-method",
  "x-rest-method",
  "x-http-verb",
];
/** The same in a query: Rails, Laravel and Express `_method`, Google `$httpMethod`, Salesforce `_HttpMethod`, or the header's name. */
export const OVERRIDE_PARAMETERS: readonly string[] = ["_method", "$httpmethod", "_httpmethod", ...OVERRIDE_HEADERS];
/** Bare `method` is a name of many APIs' own; with one of these it asks for a method (Facebook Graph, Restlet). */
const METHODS_OF_BARE_NAMES = new Set(
  "GET HEAD POST PUT PATCH DELETE OPTIONS TRACE CONNECT MERGE PURGE COPY MOVE LINK UNLINK LOCK UNLOCK MKCOL PROPFIND PROPPATCH".split(
    " ",
  ),
);

/** Letters alone: servers read `.method`, `[method` and `X_HTTP_MethodOverride` as the names above. */
const lettersOf = (name: string): string => name.toLowerCase().replace(/[^a-z]/g, "");
const HEADER_LETTERS = new Set(OVERRIDE_HEADERS.map(lettersOf));
const PARAMETER_LETTERS = new Set(OVERRIDE_PARAMETERS.map(lettersOf));

/**
 * What in a request asks for a method that is not allowed, as a name for the client; undefined: nothing does. Each value
 * must be one allowed method: what an API makes of a list, as the host joins repeated headers, nobody knows.
 * @param rawHeaders names and values in turn
 * @param query empty, or beginning with a question mark
 * @param allowed in capitals
 */
export function overridesMethod(
  rawHeaders: readonly string[],
  query: string,
  allowed: readonly string[],
): string | undefined {
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? "";
    const value = rawHeaders[index + 1] ?? "";
    if (HEADER_LETTERS.has(lettersOf(name)) && !allowed.includes(value.trim().toUpperCase()))
      return `the header ${name.toLowerCase()}`;
  }
  // Some servers part parameters at semicolons too; all of them cut a name off at NUL, and many at an index.
  for (const parameter of query.slice(1).split(/[&;]/)) {
    const [[name = "", value = ""] = []] = new URLSearchParams(parameter.replaceAll("%00", "%5B"));
    const cut = name
      .trim()
      .toLowerCase()
      .replace(/(?<=.)\[.*$/s, "");
    const letters = lettersOf(cut);
    const method = value.trim().toUpperCase();
    if (!PARAMETER_LETTERS.has(letters) || allowed.includes(method)) continue;
    const isBare = cut === "method" || cut === "httpmethod";
    if (!isBare || METHODS_OF_BARE_NAMES.has(method)) return `the query parameter ${cut}`;
  }
  return undefined;
}

/** One media type: a comma stands in quotation marks only (RFC 9110, 8.3.1 and 5.6.4). */
const ONE_MEDIA_TYPE = /^(?:[^",]|"(?:[^"\\]|\\.)*")*$/;
const ONE_LENGTH = /^\d*$/;
/** It is taken away on the way; a body in another coding would go on as something that it is not (RFC 9112, 6.1). */
const NO_OTHER_CODING = /^(?:chunked)?$/i;

/**
 * Refuses a body with two types or two lengths, or in a transfer coding of its own: the Functions host joins repeated headers with commas, and what the
 * downstream API would make of such a value nobody knows. `Authorization` is read and refused by who validates it.
 * @throws InvalidRequestError
 */
export function refuseDoubledHeaders(header: (name: string) => string | undefined): void {
  if (!ONE_MEDIA_TYPE.test(header("content-type") ?? "")) throw doubled("Content-Type");
  if (!ONE_LENGTH.test(header("content-length") ?? "")) throw doubled("Content-Length");
  if (!NO_OTHER_CODING.test(header("transfer-encoding") ?? ""))
    throw new InvalidRequestError("The only transfer coding that can be taken is chunked.");
}

function doubled(name: string): InvalidRequestError {
  return new InvalidRequestError(`The header ${name} holds more than one value.`);
}

/**
 * Refuses a request that would be another protocol's. The Functions host takes `Upgrade` away, so that a WebSocket's
 * handshake (RFC 6455, 4.1) shows only by its key or version. `h2c` stands for the same request in HTTP/2, and clients that
 * offer it take an answer in HTTP/1.1 (RFC 9110, 7.8).
 * @throws UpgradeNotSupportedError
 */
export function refuseUpgrade(header: (name: string) => string | undefined): void {
  const protocol = header("upgrade");
  if (protocol !== undefined && protocol.toLowerCase() !== "h2c") throw new UpgradeNotSupportedError();
  if (header("sec-websocket-key") !== undefined || header("sec-websocket-version") !== undefined)
    throw new UpgradeNotSupportedError();
}
