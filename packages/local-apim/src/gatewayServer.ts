import { createServer, type RequestListener, type Server } from "node:http";
import type { ServerIdentity } from "@obo-gateway/local-azure/tls/certificateAuthority.ts";
import { createSecureServer } from "@obo-gateway/local-azure/tls/secureServer.ts";

/** Above what any of the backends here takes, so that policies can answer for them. */
const MAX_HEADER_BYTES = 131_072;
/** Longer than clients keep idle connections: a server that closes first makes them fail at random. */
const KEEP_ALIVE_TIMEOUT_MS = 65_000;

/** The gateway's HTTP server, not listening yet. */
export function createGatewayServer(tls: ServerIdentity | undefined, listener: RequestListener): Server {
  // Uploads take as long as they take.
  const limits = { maxHeaderSize: MAX_HEADER_BYTES, keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS, requestTimeout: 0 };
  const server =
    tls === undefined ? createServer(limits) : createSecureServer({ ...limits, key: tls.key, cert: tls.cert });
  server.on("request", listener);
  // An odd Expect is for the policies to judge.
  server.on("checkExpectation", listener);
  return server;
}
