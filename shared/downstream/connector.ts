import type { buildConnector as Connectors } from "undici";
import { buildConnector } from "../net/undici.ts";

/** undici's own code for a connection that broke: whoever looks for those finds this one too. */
const BROKEN = "UND_ERR_SOCKET";

/**
 * Connects as undici does, but lets no broken connection pass for the end of a body. Where only the connection's end
 * delimits a body (RFC 9112, 6.3, rule 8), undici takes a reset for it ("On Mac OS, we get an ECONNRESET even if there
 * is a full body", `client-h1.js`): half an answer would look whole. It knows resets by their code, which is another here.
 */
export function connector(options: Connectors.BuildOptions): Connectors.connector {
  const connect = buildConnector(options);
  return (target, callback) =>
    connect(target, (...outcome) => {
      const [, socket] = outcome;
      // Before undici's own listener, which is added when it gets the socket.
      socket?.on("error", nameBroken);
      callback(...outcome);
    });
}

function nameBroken(error: Error): void {
  if ("code" in error && error.code === "ECONNRESET") error.code = BROKEN;
}
