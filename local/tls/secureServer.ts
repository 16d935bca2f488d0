import { createServer, type Server, type ServerOptions } from "node:https";

/**
 * An HTTPS server that takes a connection's next request whenever it comes. Node's own resets the connection where it does
 * so between the last byte of an answer above the socket's high-water mark and that answer's `drain`, which over TLS is a
 * turn of the event loop later: it pauses its parser, while the connection's buffer still hands it what it has decrypted
 * (`HPE_PAUSED`). A busy server thus loses uploads that follow downloads, of clients that did nothing wrong.
 */
export function createSecureServer(options: ServerOptions): Server {
  const server = createServer(options);
  // Who reads the socket itself takes it from the parser, which gets its bytes by `data` events then; a pause stops those.
  server.on("secureConnection", (socket) => socket.on("data", () => undefined));
  return server;
}
