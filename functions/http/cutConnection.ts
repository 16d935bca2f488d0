import type { ServerResponse } from "node:http";

/**
 * Ends the connection of a call at once. Its `destroy()` alone does nothing to it while the response has no socket: before
 * Node has given it one, and where it waits for the response before it.
 */
export function cutConnection(response: ServerResponse): void {
  response.destroy();
  response.req.socket.destroy();
}
