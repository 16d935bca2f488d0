import { errorResponse } from "../pipeline/errorResponse.ts";
import type { Exchange } from "../pipeline/exchange.ts";
import { GatewayError } from "../pipeline/gatewayError.ts";
import type { GatewayResponse } from "../pipeline/messages.ts";
import { type OutgoingRequest, type SendOptions, send } from "./send.ts";

/**
 * Sends, unless the circuit breaker of the backend is open, and tells the breaker what came of it. An open breaker gives
 * an answer (503), as deployed policies that look at `context.Response` know it from pools, or else an error.
 */
export async function sendGuarded(
  { services, backendId, requestId }: Exchange,
  request: OutgoingRequest,
  options: SendOptions,
): Promise<GatewayResponse> {
  const breakers = services.backends.get(backendId ?? "")?.breakers ?? [];
  if (breakers.some((breaker) => breaker.isOpen())) {
    const open = new GatewayError({
      reason: "BackendConnectionFailure",
      message: `The circuit breaker of the backend '${backendId}' is open.`,
      status: 503,
      publicMessage: "Service Unavailable",
    });
    if (services.openCircuit === "error") throw open;
    return errorResponse(open, requestId);
  }
  try {
    const response = await send(services.dispatcher, request, options);
    const retryAfterMs = parseRetryAfter(response.headers.joined("retry-after"), services.now());
    for (const breaker of breakers) breaker.note({ status: response.status, retryAfterMs });
    return response;
  } catch (error) {
    if (error instanceof GatewayError) for (const breaker of breakers) breaker.note({ reason: error.details.reason });
    throw error;
  }
}

/** RFC 9110, 10.2.3: seconds, or a date. */
function parseRetryAfter(text: string | undefined, nowMs: number): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d+$/.test(text)) return Number(text) * 1_000;
  const dateMs = Date.parse(text);
  return Number.isNaN(dateMs) ? undefined : Math.max(0, dateMs - nowMs);
}
