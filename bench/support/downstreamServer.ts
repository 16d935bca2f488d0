import { createServer } from "node:http";
import { listen } from "@obo-gateway/local-azure/net/listen.ts";

/**
 * The downstream API, a process of its own: the same small JSON for whoever asks, so that its own work is no part of what
 * is compared. Plain HTTP on the loopback interface: TLS would cost every contestant the same.
 */
const BODY = Buffer.from(
  JSON.stringify({ displayName: "Alice", items: Array.from({ length: 20 }, (_, id) => ({ id })) }),
);

const server = createServer((_request, response) => {
  response.writeHead(200, { "Content-Type": "application/json", "Content-Length": BODY.byteLength });
  response.end(BODY);
});
const port = await listen(server, "the downstream API", 0);
process.send?.({ url: `http://127.0.0.1:${port}` });
process.once("disconnect", () => process.exit(0));
