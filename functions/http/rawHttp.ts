import { subscribe } from "node:diagnostics_channel";
import type { IncomingMessage, ServerResponse } from "node:http";
import { boundedMap } from "../../shared/boundedMap.ts";

/** Those that come at all come soon after they were given up. */
const MAX_GIVEN_UP = 1_000;
const INVOCATION_HEADER = "x-ms-invocation-id";

/** The HTTP request and response of a call as they are on the socket. */
export interface RawHttp {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/**
 * Keeps the true request and response of each call under way, by invocation id. `@azure/functions` hands handlers
 * headers and parameters that the caller's query or body can replace, and no way to see a hang-up or to slow down;
 * Node publishes every request a server of this process receives (diagnostics channel `http.server.request.start`),
 * before the library sees it.
 */
export class RawHttpRegistry {
  readonly #underWay = new Map<string, RawHttp>();
  readonly #givenUp = boundedMap<true>(MAX_GIVEN_UP);

  constructor() {
    subscribe("http.server.request.start", (message) => this.#keep(message as RawHttp));
  }

  /** Undefined when HTTP streaming is off: then there is no HTTP request in this process. */
  get(invocationId: string): RawHttp | undefined {
    return this.#underWay.get(invocationId);
  }

  /** The invocation is over without an answer: its request, should it be here or still come, is cut off. */
  giveUp(invocationId: string): void {
    const exchange = this.#underWay.get(invocationId);
    if (exchange === undefined) this.#givenUp.set(invocationId, true);
    else destroySocket(exchange.response);
  }

  #keep({ request, response }: RawHttp): void {
    const id = request.headers[INVOCATION_HEADER];
    if (typeof id !== "string") return;
    if (this.#givenUp.size > 0 && this.#givenUp.has(id)) {
      destroySocket(response);
      return;
    }
    nameSomeOrigin(request);
    this.#underWay.set(id, { request, response });
    response.once("close", () => this.#underWay.delete(id));
  }
}

/**
 * The library makes a URL of these two, and fails for a Host that a URL cannot hold before any handler runs. Nobody reads
 * that URL; the headers as they were sent stay in `rawHeaders`.
 */
function nameSomeOrigin({ headers }: IncomingMessage): void {
  headers["x-forwarded-proto"] = "http";
  headers["x-forwarded-host"] = "localhost";
}

/**
 * Ends the connection of a call at once. Its `destroy()` alone does nothing to it while the response has no socket: before
 * Node has given it one, and where it waits for the response before it.
 */
export function destroySocket(response: ServerResponse): void {
  response.destroy();
  response.req.socket.destroy();
}
