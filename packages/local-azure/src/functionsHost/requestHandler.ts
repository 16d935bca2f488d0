import type { IncomingMessage, ServerResponse } from "node:http";
import { cutConnection } from "../net/cutConnection.ts";
import { type FunctionKeys, isAuthorized } from "./functionKeys.ts";
import type { FoundFunction, FunctionTable } from "./functionTable.ts";
import { Invocation } from "./invocation.ts";
import { kestrelRefusal } from "./kestrelRefusal.ts";
import type { HostLog } from "./log.ts";
import { sendEmpty, sendLandingPage } from "./plainResponse.ts";
import { readBody } from "./requestBody.ts";
import { parseRequestTarget, type RequestPath } from "./requestPath.ts";
import type { HostLimits } from "./timeouts.ts";
import type { WorkerSupervisor } from "./workerSupervisor.ts";

/** What the caller's `Expect` asks for; `other` is anything but 100-continue. */
export type Expectation = "nothing" | "continue" | "other";

export interface RequestHandlerOptions {
  readonly table: FunctionTable;
  readonly keys: FunctionKeys;
  readonly supervisor: WorkerSupervisor;
  readonly landingPage: boolean;
  readonly functionTimeoutMs: number;
  readonly limits: HostLimits;
  readonly log: HostLog;
  readonly now: () => number;
}

export type RequestHandler = (request: IncomingMessage, response: ServerResponse, expectation: Expectation) => void;

/** Takes a request through the host: its limits, the route, the key, the body, and then the function. */
export function createRequestHandler(options: RequestHandlerOptions): RequestHandler {
  return (request, response, expectation) => {
    const status = kestrelRefusal(request);
    if (status !== undefined) {
      sendEmpty(response, status);
      return;
    }
    const path = parseRequestTarget(request.url ?? "");
    if (path === undefined) {
      sendEmpty(response, 400);
      return;
    }
    const found = options.table.find(request.method ?? "", path.path);
    if (found === undefined) {
      if (path.path === "/" && options.landingPage) sendLandingPage(response);
      else sendEmpty(response, path.path === "/" ? 204 : 404);
      return;
    }
    const key = request.headers["x-functions-key"];
    if (!isAuthorized(found.function, options.keys, typeof key === "string" ? key : undefined, path.query)) {
      sendEmpty(response, 401);
      return;
    }
    void run(options, found, path, request, response, expectation);
  };
}

async function run(
  options: RequestHandlerOptions,
  found: FoundFunction,
  path: RequestPath,
  request: IncomingMessage,
  response: ServerResponse,
  expectation: Expectation,
): Promise<void> {
  const chunked = request.headers["transfer-encoding"] !== undefined;
  const length = chunked ? 0 : Number(request.headers["content-length"] ?? 0);
  if (length > options.limits.maxBodyBytes) {
    sendEmpty(response, 500);
    return;
  }
  if (expectation === "continue") response.writeContinue();
  let body: Buffer | undefined;
  try {
    if (length > 0) body = await readBody(request);
  } catch {
    // The caller left before the body was complete: there is no call, and nobody to answer.
    cutConnection(response);
    return;
  }
  const { supervisor } = options;
  const worker = supervisor.current ?? (await supervisor.next.catch(() => undefined));
  if (worker?.pool === undefined) {
    sendEmpty(response, 503);
    return;
  }
  const refusedByWorker = expectation === "other";
  new Invocation({ ...options, found, path, request, response, body, refusedByWorker }, worker, worker.pool).start();
}
