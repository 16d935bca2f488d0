import type { Socket } from "node:net";
import { connect, createServer } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { listen } from "@obo-gateway/local-azure/net/listen.ts";
import type { ServerIdentity } from "@obo-gateway/local-azure/tls/certificateAuthority.ts";
import { type RawRequest, readRequest } from "./rawMessage.ts";

/** One connection that the gateway opened: what goes out over it, and how it ends, is the test's. Text is Latin-1. */
export interface PeerConnection {
  /** From 1 on, in the order of their coming. */
  readonly number: number;
  /** All bytes that came. */
  readonly received: string;
  /** Settles when the connection is gone, whoever ended it. */
  readonly gone: Promise<void>;
  /** Resolves when the bytes have left. */
  write(text: string): Promise<void>;
  /** Ends it in order (TLS close_notify, then FIN). */
  end(): void;
  /** Ends it with a TCP reset. */
  reset(): void;
}

export interface PeerRequest extends RawRequest {
  readonly connection: number;
}

export interface RawPeerOptions {
  /** Without it, plain TCP. */
  readonly tls?: ServerIdentity;
  /** Sees a connection's socket before TLS, and says whether it goes on. */
  readonly admit?: (socket: Socket) => boolean;
  /** Sees a request of which a part is there. */
  readonly part?: (connection: PeerConnection) => void;
  readonly answer: (request: PeerRequest, connection: PeerConnection) => void;
}

/** A server made of sockets: it reads with a parser of its own, and answers whatever the test wants. */
export interface RawPeer extends AsyncDisposable {
  readonly url: string;
  /** All whole requests, oldest first. */
  readonly requests: readonly PeerRequest[];
  /** Connections, oldest first; gone ones too. */
  readonly connections: readonly PeerConnection[];
  /** What was not well-formed. */
  readonly violations: readonly string[];
  /** Resets all connections. */
  resetAll(): void;
  /** Refuses connections until `up`, on the same port. */
  down(): Promise<void>;
  up(): Promise<void>;
}

export async function startRawPeer({ tls, admit = () => true, part, answer }: RawPeerOptions): Promise<RawPeer> {
  const requests: PeerRequest[] = [];
  const connections: PeerConnection[] = [];
  const violations: string[] = [];
  const sockets = new Set<Socket>();
  // TLS ends behind the TCP connection: one that TLS has taken over can no longer be reset.
  const secure = tls && createTlsServer(tls);
  const securePort = secure && (await listen(secure, "the raw peer's TLS", 0));
  const outer = new Map<number | undefined, Socket>();
  const tcp = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.on("close", () => sockets.delete(socket));
    if (!admit(socket)) return;
    if (securePort === undefined) take(socket, socket);
    else passOn(socket, securePort);
  });
  secure?.on("secureConnection", (socket) => take(socket, outer.get(socket.remotePort) ?? socket));
  secure?.on("tlsClientError", (_error, socket) => socket.destroy());

  function passOn(socket: Socket, port: number): void {
    const inner = connect(port, "127.0.0.1", () => {
      outer.set(inner.localPort, socket);
      socket.pipe(inner).pipe(socket);
    });
    sockets.add(inner);
    inner.on("error", () => inner.destroy());
    inner.on("close", () => {
      sockets.delete(inner);
      outer.delete(inner.localPort);
      socket.destroySoon();
    });
    socket.on("close", () => inner.destroy());
  }

  function take(socket: Socket, below: Socket): void {
    let unread = "";
    let received = "";
    let busy = false;
    const connection: PeerConnection = {
      number: connections.length + 1,
      get received() {
        return received;
      },
      gone: new Promise((resolve) => socket.once("close", () => resolve())),
      write: (text) =>
        new Promise((resolve) => {
          busy = false;
          socket.write(text, "latin1", () => resolve());
        }),
      end: () => void socket.end(),
      reset: () => void reset(below),
    };
    connections.push(connection);
    socket.on("error", () => socket.destroy());
    socket.on("data", (chunk: Buffer) => {
      const text = chunk.toString("latin1");
      received += text;
      // One request at a time: whatever comes before the answer is a second request, or a body's surplus.
      if (busy) violations.push(`connection ${connection.number}: bytes behind a request: ${JSON.stringify(text)}`);
      unread += text;
      try {
        const request = readRequest(unread);
        if (request === undefined) return void part?.(connection);
        unread = "";
        if (request.rest !== "") throw new Error(`bytes behind a request: ${JSON.stringify(request.rest)}`);
        busy = true;
        const entry = { ...request, connection: connection.number };
        requests.push(entry);
        answer(entry, connection);
      } catch (error) {
        violations.push(`connection ${connection.number}: ${String(error)}`);
        socket.destroy();
      }
    });
  }

  const port = await listen(tcp, "the raw peer", 0);
  const resetAll = (): void => sockets.forEach(reset);
  const down = async (): Promise<void> => {
    const closed = new Promise((resolve) => tcp.close(resolve));
    resetAll();
    await closed;
  };
  return {
    url: tls === undefined ? `http://127.0.0.1:${port}` : `https://localhost:${port}`,
    requests,
    connections,
    violations,
    resetAll,
    down,
    up: async () => void (await listen(tcp, "the raw peer", port)),
    [Symbol.asyncDispose]: async () => {
      if (tcp.listening) await down();
      if (secure !== undefined) await new Promise((resolve) => secure.close(resolve));
    },
  };
}

function reset(socket: Socket): void {
  if (!socket.destroyed) socket.resetAndDestroy();
}
