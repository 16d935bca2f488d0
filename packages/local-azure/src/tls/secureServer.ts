import { createServer, type Server, type ServerOptions } from "node:https";

/**
 * An HTTPS server that takes a connection's next request whenever it comes. Node's own resets the connection if that is
 * between the last byte of a large answer and the answer's `drain`, which over TLS is a turn of the event loop later: the
 * parser is paused then, yet gets what TLS has decrypted already (`HPE_PAUSED`). A busy server thus loses uploads that
 * follow downloads, of clients that did nothing wrong.
 */
export function createSecureServer(options: ServerOptions): Server {
  const server = createServer(options);
  // With a `data` listener Node's HTTP server reads by `data` events, not straight from the handle; a pause stops those.
  server.on("secureConnection", (socket) => socket.on("data", () => undefined));
  return server;
}
