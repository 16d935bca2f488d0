import type { Server, Socket } from "node:net";
import { createServer as createTcpServer } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { listen } from "@obo-gateway/local-azure/net/listen.ts";
import type { ServerIdentity } from "@obo-gateway/local-azure/tls/certificateAuthority.ts";

/** A server whose bytes are the test's own. */
export interface RawServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Answers whatever comes with this text (Latin-1), once per connection, and leaves the connection open. */
export function startRawServer(tls: ServerIdentity, answer: string): Promise<RawServer> {
  return started(createTlsServer(tls, (socket) => socket.once("data", () => socket.write(answer, "latin1"))));
}

/** Takes connections and says nothing, not even TLS. */
export function startSilentServer(): Promise<RawServer> {
  return started(createTcpServer());
}

async function started(server: Server): Promise<RawServer> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    // A client that gives up resets the connection: that is what these servers are for.
    socket.on("error", () => socket.destroy());
  });
  server.on("secureConnection", (socket: Socket) => socket.on("error", () => socket.destroy()));
  const port = await listen(server, "the raw server", 0);
  return {
    url: `https://localhost:${port}`,
    close() {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
