/** What the host allows a call. The defaults are those measured on the real host; tests shorten them. */
export interface HostLimits {
  /** How long a call may be silent in both directions on its way to or from the worker (YARP's activity timeout). */
  readonly activityTimeoutMs: number;
  /** From `functionTimeout` to the end of the worker that still runs the call. */
  readonly timeoutGraceMs: number;
  /** A body with Content-Length is read whole before the invocation; a longer one is answered 500. */
  readonly maxBodyBytes: number;
  /** Restarts of a crashing worker before the host gives up and answers 503. A worker that lived a while starts anew. */
  readonly maxRestartsInARow: number;
  /** A worker that lived at least this long had not crashed at its start. */
  readonly steadyWorkerMs: number;
}

export const DEFAULT_LIMITS: HostLimits = {
  activityTimeoutMs: 240_000,
  timeoutGraceMs: 2_000,
  maxBodyBytes: 100 * 1024 * 1024,
  maxRestartsInARow: 8,
  steadyWorkerMs: 30_000,
};

/** Kestrel: the header fields of a request together, and their number; 431 beyond. */
export const MAX_HEADER_BYTES = 32 * 1024;
export const MAX_HEADERS = 100;
/** Kestrel: the request line; 414 beyond. */
export const MAX_REQUEST_LINE_BYTES = 8 * 1024;
/** Kestrel: how long an idle connection is kept, and how long a caller may take to send its header fields. */
export const KEEP_ALIVE_MS = 130_000;
export const REQUEST_HEADERS_MS = 30_000;
/** SocketsHttpHandler: the header fields of a worker's response. */
export const MAX_RESPONSE_HEADER_BYTES = 64 * 1024;

/** The host sends a call that the worker broke off before answering again: ten times, 50 ms apart, then up to 250 ms. */
export const MAX_FORWARD_ATTEMPTS = 10;
export const FIRST_RETRY_DELAY_MS = 50;
export const MAX_RETRY_DELAY_MS = 250;

/** What the plans other than Consumption apply where host.json says nothing. */
export const DEFAULT_FUNCTION_TIMEOUT_MS = 30 * 60_000;
