import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Pool } from "undici";
import { forwardedRequest } from "./forwardedRequest.ts";
import { canForward } from "./forwardHeaders.ts";
import { Forwarding } from "./forwarding.ts";
import type { FoundFunction } from "./functionTable.ts";
import type { HostLog } from "./log.ts";
import type { Failure } from "./messages.ts";
import { sendEmpty } from "./plainResponse.ts";
import type { RequestPath } from "./requestPath.ts";
import type { HostLimits } from "./timeouts.ts";
import { childTraceParent } from "./traceParent.ts";
import { triggerMetadata } from "./triggerMetadata.ts";
import type { WorkerCall, WorkerProcess } from "./workerProcess.ts";

export interface InvocationOptions {
  readonly found: FoundFunction;
  readonly path: RequestPath;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Read whole beforehand, where the request has a Content-Length. */
  readonly body: Buffer | undefined;
  /** The worker's server refuses the request by itself, so that no handler ever sees it. */
  readonly refusedByWorker: boolean;
  readonly functionTimeoutMs: number;
  readonly limits: HostLimits;
  readonly log: HostLog;
  readonly now: () => number;
}

/**
 * One call of a function: the invocation that the worker is told of, and the HTTP request forwarded to it. The caller's
 * response ends when both have; that is why a handler that throws without answering leaves its caller in silence until
 * the forwarding gives up, and a request that the worker's HTTP parser refuses until the function times out.
 */
export class Invocation implements WorkerCall {
  readonly invocationId = randomUUID();
  readonly #options: InvocationOptions;
  readonly #worker: WorkerProcess;
  readonly #startedAt: number;
  readonly #forwarding: Forwarding | undefined;
  #timer: NodeJS.Timeout | undefined;
  #invocation: { readonly failure: Failure | undefined } | undefined;
  #forwarded: { readonly error: Error | undefined } | undefined;
  #timedOut = false;
  #settled = false;

  constructor(options: InvocationOptions, worker: WorkerProcess, pool: Pool) {
    this.#options = options;
    this.#worker = worker;
    this.#startedAt = options.now();
    if (options.refusedByWorker || !canForward(options.request.rawHeaders)) {
      this.#forwarded = { error: new Error("The request cannot be sent to the worker.") };
    } else {
      this.#forwarding = this.#createForwarding(pool);
    }
  }

  start(): void {
    const { found, path, request, response, body, functionTimeoutMs } = this.#options;
    this.#log("information", `Executing 'Functions.${found.function.name}' (Id=${this.invocationId})`);
    if (Number.isFinite(functionTimeoutMs)) this.#timer = setTimeout(() => this.#timeOut(), functionTimeoutMs);
    response.once("close", () => {
      if (!response.writableFinished) this.#callerLeft();
    });
    this.#worker.invoke(
      {
        type: "invoke",
        invocationId: this.invocationId,
        functionName: found.function.name,
        triggerMetadata: triggerMetadata({
          rawHeaders: request.rawHeaders,
          query: path.query,
          routeValues: found.routeValues,
          ...(body === undefined || body.length === 0 ? {} : { body }),
        }),
        traceParent: childTraceParent(request.headers.traceparent),
        traceState: String(request.headers.tracestate ?? ""),
      },
      this,
    );
    this.#forwarding?.start();
  }

  invocationEnded(failure: Failure | undefined): void {
    this.#invocation = { failure };
    this.#settle();
  }

  workerLost(): void {
    this.#invocation = { failure: { message: "The worker ended.", stack: "The worker ended." } };
    this.#endForwarding(new Error("The worker ended."));
  }

  #createForwarding(pool: Pool): Forwarding {
    const { request, response, path, body, limits } = this.#options;
    const forwarded = forwardedRequest(request, path, body, this.invocationId);
    return new Forwarding(pool, forwarded, response, limits.activityTimeoutMs, (error) => {
      this.#forwarded = { error };
      // What the caller has is a part of a body: only a reset says so.
      if (error !== undefined && response.headersSent) this.#reset();
      this.#settle();
    });
  }

  #callerLeft(): void {
    // Not a failure of the function, which notices nothing unless it listens for it.
    if (!this.#settled)
      this.#log("information", "The client disconnected while the function was processing the request.");
    this.#endForwarding(undefined);
  }

  #timeOut(): void {
    const { found, functionTimeoutMs, limits } = this.#options;
    this.#timedOut = true;
    this.#log(
      "error",
      `Timeout value of ${functionTimeoutMs} ms exceeded by function 'Functions.${found.function.name}'`,
    );
    if (this.#invocation !== undefined) {
      this.#endForwarding(new Error("The function timed out."));
      return;
    }
    this.#timer = setTimeout(() => {
      this.#log(
        "warning",
        `A function timeout has occurred. Restarting the worker that executes '${this.invocationId}'.`,
      );
      this.#worker.kill();
    }, limits.timeoutGraceMs);
  }

  #endForwarding(error: Error | undefined): void {
    this.#forwarding?.stop();
    this.#forwarded ??= { error };
    this.#settle();
  }

  #settle(): void {
    if (this.#settled || this.#invocation === undefined || this.#forwarded === undefined) return;
    this.#settled = true;
    clearTimeout(this.#timer);
    const { response, found } = this.#options;
    const problem = this.#invocation.failure?.stack ?? this.#forwarded.error?.message;
    const failed = this.#timedOut || problem !== undefined;
    const outcome = failed ? "Failed" : "Succeeded";
    const durationMs = this.#options.now() - this.#startedAt;
    this.#log(
      failed ? "error" : "information",
      `Executed 'Functions.${found.function.name}' (${outcome}, Id=${this.invocationId}, Duration=${durationMs}ms)` +
        (problem === undefined ? "" : `\n${problem}`),
    );
    if (response.destroyed) return;
    if (!failed) this.#forwarding?.finish();
    else if (response.headersSent) this.#reset();
    else sendEmpty(response, 500);
  }

  #reset(): void {
    this.#options.request.socket.resetAndDestroy();
  }

  #log(level: "information" | "warning" | "error", message: string): void {
    const { name } = this.#options.found.function;
    this.#options.log({
      level,
      category: `Function.${name}`,
      functionName: name,
      invocationId: this.invocationId,
      message,
    });
  }
}
