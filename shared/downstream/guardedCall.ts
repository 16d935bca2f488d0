import { Readable } from "node:stream";
import { DownstreamTimeoutError, DownstreamUnavailableError, DownstreamUnreachableError } from "../errors/errors.ts";
import { errors } from "../net/undici.ts";
import type { CircuitBreaker } from "./circuitBreaker.ts";
import type { DownstreamRequest, DownstreamResponse } from "./downstreamClient.ts";

/**
 * What says that the API cannot serve anybody now (RFC 9110, 15.6.3 to 15.6.5). Not 500, which is as a rule about this one
 * request: a caller who found one that fails could close the API for all others.
 */
const OUT_OF_SERVICE = new Set([502, 503, 504]);

/**
 * Makes a call to an API if its circuit breaker lets it pass, and tells the breaker how it went.
 * @throws DownstreamUnavailableError (503), and what the call throws
 */
export async function guardedCall(
  breaker: CircuitBreaker,
  { api, request }: { readonly api: string; readonly request: DownstreamRequest },
  call: () => Promise<DownstreamResponse>,
): Promise<DownstreamResponse> {
  const passage = breaker.enter();
  if ("retryAfter" in passage) throw new DownstreamUnavailableError(api, passage.retryAfter);
  try {
    const answer = await call();
    if (OUT_OF_SERVICE.has(answer.status)) passage.failed();
    else passage.succeeded();
    return answer;
  } catch (error) {
    if (isApisFailure(error, request)) passage.failed();
    else passage.abandoned();
    throw error;
  }
}

/**
 * Not a caller who hung up, sent too much, broke off or is still sending when the time is over; nor a call that ran out of
 * what the queue or a first attempt left of its time, which may be none: other users, or this one, took it. A limit of
 * which the API had all still counts there.
 */
function isApisFailure(error: unknown, { body, withinMs }: DownstreamRequest): boolean {
  const stream = body instanceof Readable ? body : undefined;
  if (error instanceof DownstreamUnreachableError) return (stream?.errored ?? null) === null;
  if (!(error instanceof DownstreamTimeoutError)) return false;
  const { cause } = error;
  const hadAll = cause instanceof errors.HeadersTimeoutError || cause instanceof errors.ConnectTimeoutError;
  if (withinMs !== undefined && !hadAll) return false;
  return stream === undefined || stream.readableEnded;
}
