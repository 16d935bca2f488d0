import type { Socket } from "node:net";
import { RawCaller } from "./rawCaller.ts";
import type { Fault } from "./rawFault.ts";
import type { FaultWorld } from "./rawFaultWorld.ts";

/** One line of the table. */
export interface Row {
  readonly who: string;
  readonly when: string;
  readonly what: string;
  /** What the caller saw. */
  readonly caller: string;
  /** What the other side saw. */
  readonly peer: string;
  /** What the gateway's log says of it. */
  readonly log: string;
  /** What the next call, of the same kind, got. */
  readonly next: string;
}

const LOST =
  /(?:Error \[(?:ECONNRESET|EPIPE|UND_ERR_SOCKET)\]: )?(?:(?:connect|read|write) (?:ECONNRESET|EPIPE)(?: \S+:port)?|Client network socket disconnected before secure TLS connection was established)/g;

/** Before TLS: what befalls a new connection. Returns whether it goes on. */
export function befall(socket: Socket, fault: Fault): boolean {
  if (fault === "reset") socket.resetAndDestroy();
  else if (fault === "closed") socket.end();
  else if (fault === "garbled") socket.write("\0\x01 This is neither TLS nor HTTP.\r\n\r\n");
  else if (fault !== "silent") throw new Error(`A new connection cannot be: ${fault}.`);
  return false;
}

/** What the log says of a call, without what differs from run to run. */
export async function logged({ log }: FaultWorld, correlationId: string): Promise<string> {
  const { event, diagnosis, cause, error, during } = await log.event({ correlationId });
  const said = String(diagnosis ?? cause ?? error ?? during ?? "")
    .replaceAll(/(localhost|127\.0\.0\.1|\[?::1\]?):\d+/g, "$1:port")
    .replaceAll(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "{tenant}")
    // OpenSSL's own thread and source line.
    .replaceAll(/[0-9A-F]{8,}:error:/g, "error:")
    .replaceAll(/:\S+\.c:\d+:/g, ":")
    .replaceAll(/DownstreamApis__[cd]\d+__/g, "DownstreamApis__{name}__")
    .replaceAll(/downstream API [cd]\d+ /gi, "downstream API {name} ")
    // Which of these it is depends on how far the connection got by then, or the writing.
    .replaceAll(LOST, "{the connection was lost}")
    .trim();
  return said === "" ? `\`${event}\`` : `\`${event}\`: ${said}`;
}

/** An ordinary call; gives what it got. */
export async function nextCall({ url }: FaultWorld, api: string, token: string): Promise<string> {
  using caller = new RawCaller(url, `/api/downstream/${api}/next`, token);
  // Awaited here: the connection goes with this scope.
  return await caller.post().saw();
}
