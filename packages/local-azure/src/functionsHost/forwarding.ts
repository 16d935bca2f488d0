import type { ServerResponse } from "node:http";
import { Readable } from "node:stream";
import type { Dispatcher, Pool } from "undici";
import type { ForwardedRequest } from "./forwardedRequest.ts";
import { returnHeaders } from "./forwardHeaders.ts";
import { outgoingBody } from "./outgoingBody.ts";
import { FIRST_RETRY_DELAY_MS, MAX_FORWARD_ATTEMPTS, MAX_RETRY_DELAY_MS } from "./timeouts.ts";

/**
 * One request on its way to the worker's HTTP server, and the response on its way back to the caller, as YARP on
 * SocketsHttpHandler does it: nothing of the response is read before the request body is out, header fields leave with
 * the first byte of the body, a slow reader holds the worker back, silence in both directions ends it.
 */
export class Forwarding implements Dispatcher.DispatchHandler {
  readonly #pool: Pool;
  readonly #request: ForwardedRequest;
  readonly #response: ServerResponse;
  readonly #ended: (error: Error | undefined) => void;
  readonly #silence: NodeJS.Timeout;
  readonly #body: Buffer | Readable | undefined;
  #controller: Dispatcher.DispatchController | undefined;
  #head: { readonly status: number; readonly reason: string; readonly headers: string[] } | undefined;
  #bodySent: boolean;
  #attempts = 0;
  #stopped = false;

  /** `ended` is called once, unless the forwarding is stopped before. */
  constructor(
    pool: Pool,
    request: ForwardedRequest,
    response: ServerResponse,
    activityTimeoutMs: number,
    ended: (error: Error | undefined) => void,
  ) {
    this.#pool = pool;
    this.#request = request;
    this.#response = response;
    this.#ended = ended;
    this.#silence = setTimeout(
      () => this.#fail(new Error(`The call was silent for ${activityTimeoutMs} ms.`)),
      activityTimeoutMs,
    );
    this.#body = outgoingBody(request.body);
    this.#bodySent = !(this.#body instanceof Readable);
    if (this.#body instanceof Readable) {
      this.#body.on("data", () => this.#silence.refresh());
      this.#body.pause();
      this.#body.once("end", () => {
        this.#bodySent = true;
        this.#resume();
      });
    }
    response.on("drain", () => this.#resume());
  }

  start(): void {
    this.#attempts++;
    const { method, target, headers } = this.#request;
    this.#pool.dispatch({ method, path: target, headers, body: this.#body ?? null, reset: false }, this);
  }

  /** Closes the connection to the worker, if the response is not through; `ended` is not called any more. */
  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    clearTimeout(this.#silence);
    this.#controller?.abort(new Error("The call is over."));
    if (this.#body instanceof Readable) this.#body.destroy();
  }

  /** Completes the response to the caller; to be called after it ended without an error. */
  finish(): void {
    this.#sendHead();
    this.#response.end();
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#stopped) controller.abort(new Error("The call is over."));
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number, _: unknown, reason?: string): void {
    if (status < 200 || this.#stopped) return;
    this.#silence.refresh();
    try {
      this.#head = { status, reason: reason ?? "", headers: returnHeaders(flatHeaders(controller.rawHeaders)) };
    } catch (error) {
      this.#fail(error instanceof Error ? error : new Error(String(error)));
      return;
    }
    // A 304 has no body, whatever its Content-Length says; undici would take that for a body cut short.
    if (status === 304) this.#complete();
    else if (!this.#bodySent) controller.pause();
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#stopped) return;
    this.#silence.refresh();
    this.#sendHead();
    if (!this.#response.write(chunk)) controller.pause();
  }

  onResponseEnd(): void {
    if (!this.#stopped) this.#complete();
  }

  /** Before an answer began, a request without a body is sent again: on its own that can make a handler run twice. */
  onResponseError(_: unknown, error: Error): void {
    if (this.#stopped) return;
    if (this.#head !== undefined || this.#body !== undefined || this.#attempts >= MAX_FORWARD_ATTEMPTS) {
      this.#fail(error);
      return;
    }
    const delayMs = Math.min(FIRST_RETRY_DELAY_MS * 2 ** (this.#attempts - 1), MAX_RETRY_DELAY_MS);
    setTimeout(() => {
      if (!this.#stopped) this.start();
    }, delayMs);
  }

  #complete(): void {
    this.#stopped = true;
    clearTimeout(this.#silence);
    this.#ended(undefined);
  }

  #fail(error: Error): void {
    if (this.#stopped) return;
    this.stop();
    this.#ended(error);
  }

  #resume(): void {
    if (this.#stopped) return;
    this.#silence.refresh();
    if (this.#bodySent && !this.#response.writableNeedDrain) this.#controller?.resume();
  }

  #sendHead(): void {
    if (this.#head === undefined || this.#response.headersSent) return;
    const { status, reason, headers } = this.#head;
    if (reason === "") this.#response.writeHead(status, headers);
    else this.#response.writeHead(status, reason, headers);
  }
}

function flatHeaders(raw: Dispatcher.DispatchController["rawHeaders"]): readonly (Buffer | string)[] {
  if (!Array.isArray(raw)) throw new Error("undici gave no raw header fields.");
  return raw;
}
