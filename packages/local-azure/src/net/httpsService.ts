import type { ServerIdentity } from "../tls/certificateAuthority.ts";
import { createSecureServer } from "../tls/secureServer.ts";
import type { HttpService, HttpServiceOptions } from "./httpService.ts";
import { KEEP_ALIVE_BUFFER_MS, KEEP_ALIVE_TIMEOUT_MS, runService } from "./httpService.ts";

export type { Exchange, HttpService as HttpsService } from "./httpService.ts";

export interface HttpsServiceOptions extends HttpServiceOptions {
  readonly tls: ServerIdentity;
}

/** An HTTPS server on the loopback interface. @throws PortTakenError when the port is in use. */
export function startHttpsService({ tls, ...options }: HttpsServiceOptions): Promise<HttpService> {
  const { key, cert } = tls;
  const keepAliveTimeout = options.keepAliveMs ?? KEEP_ALIVE_TIMEOUT_MS;
  const keepAliveTimeoutBuffer = KEEP_ALIVE_BUFFER_MS;
  return runService(
    createSecureServer({ key, cert, keepAliveTimeout, keepAliveTimeoutBuffer }),
    "https://localhost",
    options,
  );
}
