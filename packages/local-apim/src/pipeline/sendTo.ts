import { joinPaths, type RequestUrl } from "../http/requestUrl.ts";
import type { Exchange } from "./exchange.ts";

/** Puts a base URL in place of the one that the request goes to now; the rest of path and query stays. */
export function sendTo(exchange: Exchange, base: RequestUrl, backendId: string | undefined): void {
  const { request, backendPath } = exchange;
  const rest = request.url.path.slice(backendPath.length);
  const { scheme, host, port } = base;
  exchange.backendPath = base.path.replace(/\/+$/, "");
  exchange.backendId = backendId;
  exchange.hasBackend = true;
  request.url = { scheme, host, port, path: joinPaths(exchange.backendPath, rest), query: request.url.query };
}
