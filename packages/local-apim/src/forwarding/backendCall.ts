import { Readable } from "node:stream";
import type { Dispatcher } from "undici";
import { HeaderCollection } from "../http/headerCollection.ts";
import { dropHopByHop } from "../http/hopByHop.ts";
import { MessageBody } from "../http/messageBody.ts";
import { reasonPhrase } from "../http/reasonPhrase.ts";
import type { GatewayResponse } from "../pipeline/messages.ts";

/** A call over undici: the answer's head as it arrives, its body as a stream that holds the backend back. */
export class BackendCall implements Dispatcher.DispatchHandler {
  readonly #method: string;
  readonly #resolve: (response: GatewayResponse) => void;
  readonly #reject: (error: unknown) => void;
  readonly #abandoned: AbortSignal;
  readonly #failure: (error: unknown) => Error;
  #body: Readable | undefined;

  private constructor(
    method: string,
    abandoned: AbortSignal,
    failure: (error: unknown) => Error,
    resolve: (response: GatewayResponse) => void,
    reject: (error: unknown) => void,
  ) {
    this.#method = method;
    this.#abandoned = abandoned;
    this.#failure = failure;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  /** Resolves with the head; `abandoned` ends the call, its body too. @throws what `failure` makes of undici's errors. */
  static start(
    dispatcher: Dispatcher,
    options: Dispatcher.DispatchOptions,
    abandoned: AbortSignal,
    failure: (error: unknown) => Error,
  ): Promise<GatewayResponse> {
    return new Promise((resolve, reject) => {
      const call = new BackendCall(options.method, abandoned, failure, resolve, reject);
      // Silence is the policies' to judge, by their own time-outs.
      dispatcher.dispatch({ ...options, headersTimeout: 0, bodyTimeout: 0 }, call);
    });
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    const abort = (): void => controller.abort(abortError(this.#abandoned));
    if (this.#abandoned.aborted) abort();
    else this.#abandoned.addEventListener("abort", abort, { once: true });
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number, _: unknown, reason?: string): void {
    if (status < 200) return;
    const headers = HeaderCollection.fromRaw(rawFields(controller.rawHeaders));
    dropHopByHop(headers);
    const length = headers.joined("content-length");
    const body = new Readable({
      read: () => controller.resume(),
      destroy: (error, done) => {
        // Unread to the end: the connection cannot be used again.
        if (this.#body?.readableEnded === false) controller.abort(error ?? new Error("The answer is not wanted."));
        done(error);
      },
    });
    // Whoever destroys it has been told already; an error of the backend reaches the reader all the same.
    body.on("error", () => undefined);
    this.#body = body;
    // Neither has a body, whatever its Content-Length says; undici would take that for a body cut short.
    const bodiless = this.#method === "HEAD" || status === 204 || status === 304;
    if (bodiless) body.push(null);
    this.#resolve({
      status,
      reason: reason === undefined || reason === "" ? reasonPhrase(status) : reason,
      headers,
      body: bodiless
        ? MessageBody.empty()
        : MessageBody.ofStream(body, length === undefined ? undefined : Number(length)),
    });
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#body?.readableEnded === true || this.#body?.destroyed === true) return;
    if (this.#body?.push(chunk) === false) controller.pause();
  }

  onResponseEnd(): void {
    if (this.#body !== undefined && !this.#body.readableEnded) this.#body.push(null);
  }

  onResponseError(_: unknown, error: Error): void {
    const failure = this.#failure(error);
    if (this.#body === undefined) this.#reject(failure);
    else this.#body.destroy(failure);
  }
}

function abortError(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new Error("The call was abandoned.");
}

function rawFields(raw: Dispatcher.DispatchController["rawHeaders"]): readonly (Buffer | string)[] {
  if (!Array.isArray(raw)) throw new Error("undici gave no raw header fields.");
  return raw;
}
