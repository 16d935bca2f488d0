import type { Dispatcher } from "undici";
import apiRequest from "undici/lib/api/api-request.js";
import buildConnector from "undici/lib/core/connect.js";
import errors from "undici/lib/core/errors.js";
import Agent from "undici/lib/dispatcher/agent.js";
import Pool from "undici/lib/dispatcher/pool.js";

// undici's index also loads fetch, WebSocket, EventSource, caches and mocks, of which the gateway uses nothing, and makes
// its own agent the one of Node's fetch: together a quarter of the app's start. The package has no other way in to its
// parts; its version is pinned, and the tests that call through real sockets fail when a part moves.

export { Agent, buildConnector, errors, Pool };

/** `dispatcher.request(options)`: undici's index would have added that method to all dispatchers. */
export function request(
  dispatcher: Dispatcher,
  options: Dispatcher.RequestOptions & { readonly origin?: string },
): Promise<Dispatcher.ResponseData> {
  return apiRequest.call(dispatcher, options);
}
