import type { Server as HttpServer } from "node:http";
import type { Server as HttpsServer } from "node:https";

/** Stops a server at once: open connections, idle or busy, are cut. */
export async function stop(server: HttpServer | HttpsServer): Promise<void> {
  if (!server.listening) return;
  const closed = new Promise<void>((resolve, reject) =>
    server.close((error) => (error === undefined ? resolve() : reject(error))),
  );
  server.closeAllConnections();
  await closed;
}
