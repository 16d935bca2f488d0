import type { IncomingHttpHeaders } from "node:http";
import type { Dispatcher } from "undici";
import { Agent, request } from "./undici.ts";

const MAX_BODY_BYTES = 1_048_576;
const CONNECT_TIMEOUT_MS = 5_000;
const KEEP_ALIVE_MS = 60_000;
const CONNECTIONS_PER_ORIGIN = 64;

export interface HttpClientRequest {
  readonly method: "GET" | "POST";
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface HttpClientResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Small requests to the identity provider: the whole answer, within a time limit and a size limit, redirects not followed. */
export type HttpClient = (request: HttpClientRequest) => Promise<HttpClientResponse>;

/** No whole answer within the limit. */
export class HttpTimeoutError extends Error {
  override readonly name = "HttpTimeoutError";
  readonly limitMs: number;

  constructor(url: string, limitMs: number) {
    super(`${new URL(url).host} did not answer within ${limitMs} ms`);
    this.limitMs = limitMs;
  }
}

/** No connection, one that broke, or an answer that is not HTTP or far too large. */
export class HttpUnreachableError extends Error {
  override readonly name = "HttpUnreachableError";

  constructor(url: string, cause: unknown) {
    super(`${new URL(url).host} cannot be reached: ${reasonOf(cause)}`, { cause });
  }
}

/** A host with several addresses fails with an AggregateError, whose own message is empty. */
function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const each = cause instanceof AggregateError ? cause.errors : [];
  return [cause, ...each]
    .flatMap((error) => (error instanceof Error && error.message !== "" ? error.message : []))
    .join(", ");
}

/**
 * @param timeoutMs limit of one request, from connecting to the last byte
 * @param dispatcher tests bring their own
 */
export function createHttpClient(timeoutMs: number, dispatcher: Dispatcher = identityAgent(timeoutMs)): HttpClient {
  return async ({ method, url, headers, body }) => {
    const limit = AbortSignal.timeout(timeoutMs);
    try {
      const { origin, pathname, search } = new URL(url);
      const answer = await request(dispatcher, {
        origin,
        path: `${pathname}${search}`,
        method,
        headers: { accept: "application/json", ...headers },
        body: body ?? null,
        signal: limit,
      });
      return { status: answer.statusCode, headers: answer.headers, body: await boundedText(answer.body) };
    } catch (error) {
      throw limit.aborted ? new HttpTimeoutError(url, timeoutMs) : new HttpUnreachableError(url, error);
    }
  };
}

function identityAgent(timeoutMs: number): Agent {
  return new Agent({
    connections: CONNECTIONS_PER_ORIGIN,
    keepAliveTimeout: KEEP_ALIVE_MS,
    connect: { timeout: Math.min(CONNECT_TIMEOUT_MS, timeoutMs) },
  });
}

async function boundedText(body: AsyncIterable<Uint8Array>): Promise<string> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of body) {
    bytes += piece.byteLength;
    if (bytes > MAX_BODY_BYTES) throw new Error(`the answer is longer than ${MAX_BODY_BYTES} bytes`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString("utf8");
}

const LONGEST_S = 3_600;
const SECONDS = /^\d+$/;
/** IMF-fixdate, the one form that may still be sent. `Date.parse` alone finds dates in any text that ends in a number. */
const HTTP_DATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/**
 * `Retry-After` (RFC 9110, 10.2.3: seconds or a date) in whole seconds, at least 1 and at most an hour;
 * `fallbackSeconds` where there is none that makes sense.
 */
export function retryAfterSeconds(header: string | undefined, nowMs: number, fallbackSeconds: number): number {
  const value = header?.trim() ?? "";
  const seconds = SECONDS.test(value) ? Number(value) : (httpDate(value) - nowMs) / 1000;
  return Number.isNaN(seconds) ? fallbackSeconds : Math.min(Math.max(Math.ceil(seconds), 1), LONGEST_S);
}

function httpDate(text: string): number {
  return HTTP_DATE.test(text) ? Date.parse(text) : Number.NaN;
}
