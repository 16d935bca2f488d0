import { type Dispatcher, interceptors } from "undici";
import type { HeaderCollection } from "../http/headerCollection.ts";
import { dropHopByHop } from "../http/hopByHop.ts";
import type { MessageBody } from "../http/messageBody.ts";
import { originOf, type RequestUrl } from "../http/requestUrl.ts";
import { clientGone, type GatewayError, internalError, messageOf } from "../pipeline/gatewayError.ts";
import type { GatewayResponse } from "../pipeline/messages.ts";
import { BackendCall } from "./backendCall.ts";

const MAX_REDIRECTIONS = 10;

export interface OutgoingRequest {
  readonly method: string;
  readonly url: RequestUrl;
  /** Those of the connection are dropped; `host` only where it is to differ from the URL's. */
  readonly headers: HeaderCollection;
  readonly body: MessageBody;
}

export interface SendOptions {
  /** Fires when the answer, as far as it is waited for, has taken too long. */
  readonly timeout: AbortSignal;
  readonly followRedirects: boolean;
  /** Fires when the caller has gone. */
  readonly signal: AbortSignal;
}

/**
 * Sends a request, and gives the answer with its body still to come; reading that may fail in the same way.
 * @throws GatewayError BackendConnectionFailure, Timeout or ClientConnectionFailure
 */
export function send(
  dispatcher: Dispatcher,
  request: OutgoingRequest,
  { timeout, followRedirects, signal }: SendOptions,
): Promise<GatewayResponse> {
  const through = followRedirects
    ? dispatcher.compose(interceptors.redirect({ maxRedirections: MAX_REDIRECTIONS }))
    : dispatcher;
  return BackendCall.start(through, dispatchOptions(request), AbortSignal.any([signal, timeout]), (error) =>
    failure(error, request, timeout, signal),
  );
}

function dispatchOptions({ method, url, headers, body }: OutgoingRequest): Dispatcher.DispatchOptions {
  const sent = headers.clone();
  dropHopByHop(sent);
  // The gateway answers "100-continue" itself, and speaks for itself to the backend.
  for (const name of ["content-length", "expect"]) sent.delete(name);
  const { length } = body;
  if (length !== undefined && length > 0) sent.set("Content-Length", String(length));
  return {
    origin: originOf(url),
    path: `${url.path}${url.query}`,
    method: method as Dispatcher.HttpMethod,
    headers: sent.toRaw(),
    body: length === 0 ? null : body.outgoing(),
  };
}

function failure(error: unknown, { url }: OutgoingRequest, timeout: AbortSignal, gone: AbortSignal): GatewayError {
  if (gone.aborted) return clientGone(error);
  const origin = originOf(url);
  return timeout.aborted
    ? internalError("Timeout", `The backend at ${origin} did not answer in time.`, error)
    : internalError(
        "BackendConnectionFailure",
        `No connection to the backend at ${origin}: ${messageOf(error)}`,
        error,
      );
}
