import { DownstreamTimeoutError, DownstreamUnreachableError } from "../errors/errors.ts";

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
