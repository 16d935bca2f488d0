import { UpgradeNotSupportedError } from "../errors/errors.ts";

/**
 * Refuses a request that would be another protocol's. The Functions host takes `Upgrade` away, so that a WebSocket's
 * handshake (RFC 6455, 4.1) shows only by its key or version. `h2c` stands for the same request in HTTP/2, and clients that
 * offer it take an answer in HTTP/1.1 (RFC 9110, 7.8).
 * @throws UpgradeNotSupportedError
 */
export function refuseUpgrade(header: (name: string) => string | undefined): void {
  const protocol = header("upgrade");
  if (protocol !== undefined && protocol.toLowerCase() !== "h2c") throw new UpgradeNotSupportedError();
  if (header("sec-websocket-key") !== undefined || header("sec-websocket-version") !== undefined)
    throw new UpgradeNotSupportedError();
}
