import type { PeerConnection, PeerRequest, RawPeerOptions } from "./rawPeer.ts";

/** Answers each request with what it was. */
export function echoing(): Pick<RawPeerOptions, "answer"> {
  return { answer: answerEcho };
}

export function answerEcho(request: PeerRequest, connection: PeerConnection): void {
  const echo = echoOf(request);
  void connection.write(
    `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${echo.length}\r\n\r\n` +
      (request.method === "HEAD" ? "" : echo),
  );
}

export function echoOf({ method, target, body }: Pick<PeerRequest, "method" | "target" | "body">): string {
  return JSON.stringify({ method, target, body });
}
