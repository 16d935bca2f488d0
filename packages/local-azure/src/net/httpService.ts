import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Server as SecureServer } from "node:https";
import type { Socket } from "node:net";
import { cutConnection } from "./cutConnection.ts";
import { listen } from "./listen.ts";
import { stop } from "./stop.ts";

// Longer than clients keep idle connections: a server that closes first makes them fail at random.
export const KEEP_ALIVE_TIMEOUT_MS = 65_000;
/** And later than it tells them (`Keep-Alive`): under load a request may be under way for seconds when the time is over. */
export const KEEP_ALIVE_BUFFER_MS = 15_000;

/** One request being answered. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** The path exactly as sent, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Fires when the connection is gone or the answer complete. */
  readonly signal: AbortSignal;
  /** Drops the connection: the server's own doing. */
  readonly cut: () => void;
  /** Calls back once, when the exchange is over. `hungUp`: the client left before the answer was complete. */
  readonly onEnd: (listener: (end: { hungUp: boolean; durationMs: number }) => void) => void;
}

export interface HttpServiceOptions {
  /** The part of Azure, for error messages. */
  readonly part: string;
  readonly port: number;
  /** How long an idle connection is kept, in milliseconds; `KEEP_ALIVE_TIMEOUT_MS` unless told. */
  readonly keepAliveMs?: number | undefined;
  readonly answer: (exchange: Exchange) => Promise<void>;
  /** Answers for an error that `answer` threw before it answered anything. */
  readonly failed: (error: unknown, exchange: Exchange) => void;
}

/** A server on the loopback interface that can be taken down and brought up again on the same port. */
export interface HttpService {
  readonly url: string;
  openConnections(): number;
  down(): Promise<void>;
  up(): Promise<void>;
  close(): Promise<void>;
}

/** Without TLS: for what Azure itself offers so, on the loopback interface only. @throws PortTakenError */
export function startHttpService(options: HttpServiceOptions): Promise<HttpService> {
  return runService(
    createServer({
      keepAliveTimeout: options.keepAliveMs ?? KEEP_ALIVE_TIMEOUT_MS,
      keepAliveTimeoutBuffer: KEEP_ALIVE_BUFFER_MS,
    }),
    "http://127.0.0.1",
    options,
  );
}

/** @param origin scheme and host of the address. @throws PortTakenError when the port is in use. */
export async function runService(
  server: Server | SecureServer,
  origin: string,
  options: HttpServiceOptions,
): Promise<HttpService> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  server.on("request", (request, response) => {
    const exchange = toExchange(request, response);
    options.answer(exchange).catch((error: unknown) => {
      // Nobody is left to be told; what failed is, as a rule, the writing to them.
      if (exchange.signal.aborted) return;
      // Half an answer must not look like a whole one.
      if (response.headersSent) exchange.cut();
      else options.failed(error, exchange);
    });
  });
  const down = async (): Promise<void> => {
    const stopped = stop(server);
    // Connections still in their TLS handshake are not known to the HTTP server.
    const closed = [...sockets].map((socket) => new Promise((resolve) => socket.destroy().once("close", resolve)));
    await Promise.all([stopped, ...closed]);
  };
  const port = await listen(server, options.part, options.port);
  return {
    url: `${origin}:${port}`,
    openConnections: () => sockets.size,
    down,
    async up() {
      if (!server.listening) await listen(server, options.part, port);
    },
    close: down,
  };
}

function toExchange(request: IncomingMessage, response: ServerResponse): Exchange {
  const [path = "/", ...rest] = (request.url ?? "/").split("?");
  const startMs = performance.now();
  const gone = new AbortController();
  let cutHere = false;
  response.once("close", () => gone.abort());
  return {
    request,
    response,
    path,
    query: new URLSearchParams(rest.join("?")),
    signal: gone.signal,
    cut() {
      cutHere = true;
      cutConnection(response);
    },
    onEnd(listener) {
      response.once("close", () =>
        listener({ hungUp: !cutHere && !response.writableFinished, durationMs: performance.now() - startMs }),
      );
    },
  };
}
