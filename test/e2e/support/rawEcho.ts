import type { RawPeerOptions } from "./rawPeer.ts";

/** Answers each request with what it was. */
export function echoing(): Pick<RawPeerOptions, "answer"> {
  return {
    answer({ method, target, body }, connection) {
      const echo = JSON.stringify({ method, target, body });
      void connection.write(
        `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${echo.length}\r\n\r\n` +
          (method === "HEAD" ? "" : echo),
      );
    },
  };
}
