import { createServer } from "node:http";
import { pipeline } from "node:stream/promises";
import { listen } from "@obo-gateway/local-azure/net/listen.ts";
import { stop } from "@obo-gateway/local-azure/net/stop.ts";
import type { DownstreamClient } from "../../../../shared/downstream/downstreamClient.ts";
import type { Secret } from "../../../../shared/secret.ts";
import { get } from "./calls.ts";

/** A plain HTTP server that relays to a downstream API: the caller's true request is the body of the call. */
export interface Relay {
  readonly port: number;
  /** How calls failed, one after the other. */
  readonly failures: readonly unknown[];
  /** Calls back at each failure. */
  onFailure: (error: unknown) => void;
  /** Calls back when a caller's request is over, and whether it came in whole. */
  onRequestOver: (whole: boolean) => void;
  close(): Promise<void>;
}

export async function startRelay(client: DownstreamClient, token: Secret): Promise<Relay> {
  const failures: unknown[] = [];
  const server = createServer((request, response) => {
    const gone = new AbortController();
    request.once("close", () => relay.onRequestOver(request.complete));
    response.once("close", () => {
      if (!response.writableFinished) gone.abort();
    });
    const { method = "", url = "", rawHeaders } = request;
    client
      .call(get(url, { method, rawHeaders, body: request, signal: gone.signal }), token)
      .then(({ status, body }) => pipeline(body, response.writeHead(status)))
      .catch((error: unknown) => {
        failures.push(error);
        relay.onFailure(error);
        response.destroy();
      });
  });
  const relay: Relay = {
    port: await listen(server, "the relay", 0),
    failures,
    onFailure: () => undefined,
    onRequestOver: () => undefined,
    close: () => stop(server),
  };
  return relay;
}
