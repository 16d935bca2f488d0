import type { ServerResponse } from "node:http";

/**
 * Ends the connection of a request at once. The response's `destroy()` alone does nothing to it where the response waits for
 * the one before it: the client may have all of that already, but the server not yet know it.
 */
export function cutConnection(response: ServerResponse): void {
  response.destroy();
  response.req.socket.destroy();
}
