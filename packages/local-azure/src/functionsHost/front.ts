import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { hasDoubtfulEnd } from "./kestrelRefusal.ts";
import type { Expectation, RequestHandler } from "./requestHandler.ts";
import { KEEP_ALIVE_MS, MAX_HEADER_BYTES, MAX_REQUEST_LINE_BYTES, REQUEST_HEADERS_MS } from "./timeouts.ts";

const BROKEN_CHUNKING = new Set(["HPE_INVALID_CHUNK_SIZE", "HPE_STRICT", "HPE_CHUNK_EXTENSIONS_OVERFLOW"]);

/**
 * The host's HTTP server, in Kestrel's manner: as lenient as that one (bare line feeds, control characters in header
 * values, Content-Length beside Transfer-Encoding), with its limits. It binds to loopback, for development and tests.
 */
export function createFront(handle: RequestHandler): Server {
  const server = createServer({
    insecureHTTPParser: true,
    maxHeaderSize: MAX_HEADER_BYTES + MAX_REQUEST_LINE_BYTES,
    keepAliveTimeout: KEEP_ALIVE_MS,
    headersTimeout: REQUEST_HEADERS_MS,
    requestTimeout: 0,
  });
  const answering = new WeakMap<Duplex, ServerResponse>();
  const closing = new WeakSet<Duplex>();
  const listener =
    (expectation: Expectation) =>
    (request: IncomingMessage, response: ServerResponse): void => {
      // Behind a request whose end is doubtful Kestrel reads no other; Node's parser has read it by now.
      if (closing.has(request.socket)) return;
      if (hasDoubtfulEnd(request)) {
        closing.add(request.socket);
        response.shouldKeepAlive = false;
      }
      answering.set(request.socket, response);
      handle(request, response, expectation);
    };
  server.on("request", listener("nothing"));
  server.on("checkContinue", listener("continue"));
  server.on("checkExpectation", listener("other"));
  server.on("clientError", (error: NodeJS.ErrnoException, socket) => {
    const response = answering.get(socket);
    const underWay = response?.headersSent === true && !response.writableFinished;
    if (!socket.writable || underWay) socket.destroy();
    else socket.end(emptyAnswer(statusOf(error)));
  });
  // A tunnel is no function's business. Without a listener Node closes the connection without a word.
  server.on("connect", (_request, socket) => {
    socket.on("error", () => socket.destroy());
    // What is still to be answered on this connection comes first, and Node has taken the socket from it.
    if (closing.has(socket) || answering.get(socket)?.writableFinished === false) socket.destroy();
    else socket.end(emptyAnswer("400 Bad Request"), () => socket.destroy());
  });
  return server;
}

function emptyAnswer(status: string): string {
  return `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\nServer: Kestrel\r\n\r\n`;
}

function statusOf(error: NodeJS.ErrnoException): string {
  if (error.code === "HPE_HEADER_OVERFLOW") return "431 Request Header Fields Too Large";
  // By then the request is on its way to the function, and it is the function that fails.
  return BROKEN_CHUNKING.has(error.code ?? "") ? "500 Internal Server Error" : "400 Bad Request";
}
