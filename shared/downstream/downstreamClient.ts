import { Readable } from "node:stream";
import type { buildConnector as Connectors, Dispatcher } from "undici";
import type { DownstreamApiSettings } from "../config/settings.ts";
import { InvalidTargetError, RequestTooLargeError } from "../errors/errors.ts";
import type { Challenge } from "../net/headerFields.ts";
import { challengesOf } from "../net/headerFields.ts";
import { buildConnector, Pool, request as send } from "../net/undici.ts";
import type { Secret } from "../secret.ts";
import { CallDeadline, downstreamFailure } from "./callDeadline.ts";
import type { CallPermit } from "./callQueue.ts";
import type { HeaderList } from "./headers.ts";
import { challengeFields, requestHeaders, responseHeaders } from "./headers.ts";
import type { BodyLimit, ReplayBuffer } from "./requestBody.ts";
import { detachedBody } from "./requestBody.ts";
import { isBelow, resolvedPath } from "./targetPath.ts";

const KEEP_ALIVE_MS = 30_000;
/** RFC 9110, 15: what is beyond cannot be handed on, neither by `@azure/functions` nor by the host. */
const HIGHEST_STATUS = 599;

/** RFC 9110, 6.4.1. */
const BODILESS = new Set([204, 304]);
/** Where a challenge means something to a client (RFC 9110, 11.6.1; RFC 6750, 3.1). */
const CHALLENGING = new Set([401, 403]);
const NO_CHALLENGES: readonly Challenge[] = [];

/** The caller's request, as it goes on to the downstream API. */
export interface DownstreamRequest {
  readonly method: string;
  /** Path and query below the API's origin: made by `targetPath`. */
  readonly path: string;
  /** The path behind the API's name in the caller's address. */
  readonly rest: string;
  readonly rawHeaders: readonly string[];
  /** The caller's own; bytes where it is sent again. */
  readonly body: Readable | Uint8Array | undefined;
  /** Keeps the body, should it be sent again. */
  readonly kept?: ReplayBuffer | undefined;
  /** Held until the connection is free of both bodies. */
  readonly permit?: CallPermit;
  readonly correlationId: string;
  /** Milliseconds that are left of the whole call's time, where the queue or another attempt took some of it. */
  readonly withinMs?: number;
  /** Aborts when the caller hangs up. */
  readonly signal: AbortSignal;
}

export interface DownstreamResponse {
  readonly status: number;
  readonly headers: HeaderList;
  /** Of `WWW-Authenticate`, which is not among the headers: the answer to 401 and 403. */
  readonly challenges: readonly Challenge[];
  /** Ends early, with an error, when a time limit passes or the connection breaks. */
  readonly body: Readable;
  /** That error, in the words of a call that failed at once. */
  readonly bodyFailure: (error: unknown) => Error;
}

/** The connections to one downstream API: token B goes to its origin and nowhere else. Redirects are not followed. */
export class DownstreamClient {
  readonly #api: DownstreamApiSettings;
  readonly #pool: Dispatcher;
  readonly #limit: BodyLimit | undefined;

  constructor(api: DownstreamApiSettings) {
    const { name, maxRequestBodyBytes: maxBytes } = api;
    this.#api = api;
    this.#limit =
      maxBytes === undefined ? undefined : { maxBytes, error: () => new RequestTooLargeError(name, maxBytes) };
    this.#pool = new Pool(api.origin, {
      connections: api.maxConnections,
      pipelining: 1,
      keepAliveTimeout: KEEP_ALIVE_MS,
      headersTimeout: api.responseTimeoutMs,
      bodyTimeout: api.idleTimeoutMs,
      connect: connector({ timeout: api.connectTimeoutMs }),
    });
  }

  /**
   * Sends the request with token B. Resolves when the answer's headers are there; its body streams.
   * @throws InvalidTargetError (400), RequestTooLargeError (413), DownstreamTimeoutError (504),
   *   DownstreamUnreachableError (502), CallerGoneError.
   */
  async call(request: DownstreamRequest, token: Secret): Promise<DownstreamResponse> {
    this.#refuseOtherTargets(request.path);
    const { body, permit, withinMs = Number.POSITIVE_INFINITY } = request;
    // The first attempt may have been answered before the body was as long as that.
    if (body instanceof Uint8Array && this.#limit !== undefined && body.length > this.#limit.maxBytes)
      throw this.#limit.error();
    const deadline = new CallDeadline(request.signal, Math.min(this.#api.totalTimeoutMs, withinMs));
    let copy: Readable | undefined;
    try {
      const headers = requestHeaders(request.rawHeaders, {
        token,
        correlationId: request.correlationId,
        extraHeaders: this.#api.extraHeaders,
        passRequestHeaders: this.#api.passRequestHeaders,
      });
      if (body instanceof Readable) {
        copy = detachedBody(body, this.#limit, request.kept);
        permit?.holdUntilClosed(copy);
      }
      const answer = await send(this.#pool, {
        method: request.method as Dispatcher.HttpMethod,
        path: request.path,
        headers,
        body: body instanceof Readable ? (copy ?? null) : (body ?? null),
        signal: deadline.signal,
        responseHeaders: "raw",
      });
      permit?.holdUntilClosed(answer.body);
      answer.body.once("close", () => deadline.clear());
      if (answer.statusCode > HIGHEST_STATUS) {
        const invalid = new Error(`the answer has the status ${answer.statusCode}`);
        // The same error twice: thrown below, and emitted by a body that nobody will read.
        answer.body.once("error", () => undefined).destroy(invalid);
        throw invalid;
      }
      // With responseHeaders "raw" they come as names and values in turn, which undici's types do not say.
      const rawHeaders = answer.headers as unknown as string[];
      return {
        status: answer.statusCode,
        headers: responseHeaders(rawHeaders, this.#api, request),
        challenges: CHALLENGING.has(answer.statusCode) ? challengesOf(challengeFields(rawHeaders)) : NO_CHALLENGES,
        body: BODILESS.has(answer.statusCode) ? withoutBody(answer.body) : answer.body,
        bodyFailure: (error) => downstreamFailure(error, deadline.reason, this.#api),
      };
    } catch (error) {
      deadline.clear();
      copy?.destroy();
      throw downstreamFailure(error, deadline.reason, this.#api);
    }
  }

  /** The last word, whoever made the path: as any URL parser reads it, it must be below the base URL. */
  #refuseOtherTargets(path: string): void {
    const { origin, basePath } = this.#api;
    const resolved = resolvedPath(path, origin);
    if (resolved === undefined || !isBelow(basePath, resolved))
      throw new InvalidTargetError("The path leads out of the downstream API's base URL.");
  }

  close(): Promise<void> {
    return this.#pool.destroy();
  }
}

/** What a 304 states is the length of an answer that it is not (RFC 9110, 8.6), and undici takes its body for one cut short. */
function withoutBody(body: Readable): Readable {
  body.on("error", () => undefined).resume();
  return Readable.from([]);
}

/** undici's own code for a connection that broke: whoever looks for those finds this one too. */
const BROKEN = "UND_ERR_SOCKET";

/**
 * Connects as undici does, but lets no broken connection pass for the end of a body. Where only the connection's end
 * delimits a body (RFC 9112, 6.3, rule 8), undici takes a reset for it ("On Mac OS, we get an ECONNRESET even if there
 * is a full body", `client-h1.js`): half an answer would look whole. It knows resets by their code, which is another here.
 */
export function connector(options: Connectors.BuildOptions): Connectors.connector {
  const connect = buildConnector(options);
  return (target, callback) =>
    connect(target, (...outcome) => {
      const [, socket] = outcome;
      // Before undici's own listener, which is added when it gets the socket.
      socket?.on("error", nameBroken);
      callback(...outcome);
    });
}

function nameBroken(error: Error): void {
  if ("code" in error && error.code === "ECONNRESET") error.code = BROKEN;
}

/** Less to read than a new connection costs. */
const MAX_BYTES = 65_536;

/** Reads an answer's body that nobody wants, so that its connection can serve again; a long one is cut off instead. */
export function drain(body: Readable): void {
  let bytes = 0;
  body.on("error", () => undefined);
  body.on("data", (piece: Uint8Array) => {
    bytes += piece.length;
    if (bytes > MAX_BYTES) body.destroy();
  });
}
