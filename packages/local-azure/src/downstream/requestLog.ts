import type { Exchange } from "../net/httpsService.ts";
import type { RequestJournal } from "../net/requestJournal.ts";
import type { UserToken } from "./userToken.ts";

/** A request as the downstream API saw it. */
export interface DownstreamRequest {
  readonly atMs: number;
  readonly method: string;
  /** Path and query exactly as sent. */
  readonly url: string;
  /** Names and values as sent, in order; the value of `Authorization` is replaced. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Object id of the token's user. This and the next three are known once the token has been verified. */
  user: string | undefined;
  audience: string | undefined;
  /** Application id of the client that obtained the token. */
  clientApp: string | undefined;
  /** `uti` or `jti`: tells two tokens apart without telling them. */
  tokenId: string | undefined;
  /** Bytes of the body that the route has read. */
  bytesReceived: number;
  /** Undefined while under way, and when there was no answer. */
  status: number | undefined;
  durationMs: number | undefined;
  /** The client left before the answer was complete. */
  clientHungUp: boolean;
}

/** Enters a request and completes its entry when the exchange is over. */
export function enterRequest(
  journal: RequestJournal<DownstreamRequest>,
  { request, response, onEnd }: Exchange,
  atMs: number,
): DownstreamRequest {
  const entry: DownstreamRequest = {
    atMs,
    method: request.method ?? "",
    url: request.url ?? "",
    headers: headerPairs(request.rawHeaders).map(([name, value]) => [name, redacted(name, value)]),
    user: undefined,
    audience: undefined,
    clientApp: undefined,
    tokenId: undefined,
    bytesReceived: 0,
    status: undefined,
    durationMs: undefined,
    clientHungUp: false,
  };
  onEnd(({ hungUp, durationMs }) => {
    entry.status = response.headersSent ? response.statusCode : undefined;
    entry.durationMs = durationMs;
    entry.clientHungUp = hungUp;
    journal.finished(entry);
  });
  journal.arrived(entry);
  return entry;
}

export function enterToken(entry: DownstreamRequest, token: UserToken): void {
  const id = token.claims.uti ?? token.claims.jti;
  entry.user = token.objectId;
  entry.audience = token.audience;
  entry.clientApp = token.clientAppId;
  entry.tokenId = typeof id === "string" ? id : undefined;
}

/** Node's flat list of names and values, in pairs. */
export function headerPairs(rawHeaders: readonly string[]): [name: string, value: string][] {
  return rawHeaders.flatMap((name, index) => (index % 2 === 0 ? [[name, rawHeaders[index + 1] ?? ""]] : []));
}

/** The scheme of `Authorization` may be seen, the rest never. */
export function redacted(name: string, value: string): string {
  return name.toLowerCase() === "authorization" ? `${value.split(" ", 1)[0]} [redacted]` : value;
}
