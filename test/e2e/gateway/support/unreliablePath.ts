import { connect, createServer, type Socket } from "node:net";
import { listen } from "@obo-gateway/local-azure/net/listen.ts";

/** A way to a server that can be cut: connections end at once then. */
export interface UnreliablePath extends AsyncDisposable {
  readonly url: string;
  /** Connections that came, let through or not. */
  readonly connections: number;
  cut: boolean;
}

export async function startUnreliablePath(to: string): Promise<UnreliablePath> {
  const { hostname, port } = new URL(to);
  const sockets = new Set<Socket>();
  const state = { connections: 0, cut: false };
  const server = createServer((socket) => {
    state.connections += 1;
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
    if (state.cut) return void socket.destroy();
    const onward = connect({ host: hostname, port: Number(port) });
    onward.on("error", () => socket.destroy());
    socket.on("close", () => onward.destroy());
    socket.pipe(onward).pipe(socket);
  });
  const url = `http://localhost:${await listen(server, "the unreliable path", 0)}`;
  return Object.assign(state, {
    url,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}
