import type { HttpHandler, HttpResponse, HttpResponseInit, InvocationContext } from "@azure/functions";
import { CallerGoneError } from "../../shared/downstream/callDeadline.ts";
import { CATALOGUE } from "../../shared/errors/catalogue.ts";
import type { ChallengeRealm } from "../../shared/errors/challenge.ts";
import { GatewayError, InternalError } from "../../shared/errors/errors.ts";
import { problemResponse } from "../../shared/errors/problem.ts";
import { CORRELATION_HEADER, correlationId } from "../../shared/telemetry/correlation.ts";
import type { Log, LogSink } from "../../shared/telemetry/log.ts";
import { describeError, jsonLog } from "../../shared/telemetry/log.ts";
import type { CallAbort, TimeLimit } from "./callAbort.ts";
import { callAbort, noteHangUp, untilAborted } from "./callAbort.ts";
import type { CallHandler, HttpAnswer, HttpCall } from "./httpCall.ts";
import { headerReader } from "./httpCall.ts";
import type { PreparedResponse } from "./prepareResponse.ts";
import { EmptyResponses, prepareResponse } from "./prepareResponse.ts";
import type { RawHttp, RawHttpRegistry } from "./rawHttp.ts";
import { destroySocket } from "./rawHttp.ts";

export interface FunctionSurroundings {
  readonly exchanges: RawHttpRegistry;
  /** Undefined while the settings are wrong: a challenge then names no sign-in page. */
  readonly realm: ChallengeRealm | undefined;
  /** How long one call may take; undefined while the settings are wrong, when no call takes long. */
  readonly longestCall: TimeLimit | undefined;
  /** For what is to be said of a call whose invocation is over. */
  readonly late: LogSink;
}

const FIRST_SERVER_ERROR = 500;
const INTERNAL_SERVER_ERROR = 500;

/**
 * Makes one of our handlers a function of `@azure/functions`, and is the only way to: it closes what the library's
 * streaming mode leaves open. The handler sees the true request; a hang-up, or too long a call, aborts its signal; a
 * slow reader slows it down; whatever it throws is answered as a problem, and what breaks later cuts the connection at once.
 */
export function asFunction(
  handle: CallHandler,
  { exchanges, realm, longestCall, late }: FunctionSurroundings,
): HttpHandler {
  const empty = new EmptyResponses();
  return async (_request, context): Promise<HttpResponse | HttpResponseInit> => {
    const sink = new InvocationSink(context, late);
    const exchange = exchanges.get(context.invocationId);
    if (exchange === undefined) return refuseWithoutStreaming(context, sink);
    const end = callAbort(exchange, longestCall);
    const call = httpCall(exchange, end, (id) => invocationLog(sink, context, id));
    const endOurselves = noteHangUp(exchange, end, call.log);
    try {
      const { status, body } = await answered(handle, call, { exchange, end, realm, endOurselves });
      return body === undefined ? empty.of(status) : { status, body };
    } catch (error) {
      // Only our own answering can fail here, and the library would leave the caller waiting for minutes.
      endOurselves();
      call.log.error("answer_failed", { error: describeError(error) });
      destroySocket(exchange.response);
      return { status: INTERNAL_SERVER_ERROR };
    } finally {
      sink.over();
      // A body that nobody reads keeps the host from taking the answer; who reads it reads it at their own pace.
      if (call.body !== undefined && exchange.request.readableFlowing === null) exchange.request.resume();
    }
  };
}

interface Answering {
  readonly exchange: RawHttp;
  readonly end: CallAbort;
  readonly realm: ChallengeRealm | undefined;
  readonly endOurselves: () => void;
}

async function answered(
  handle: CallHandler,
  call: HttpCall,
  { exchange, end, realm, endOurselves }: Answering,
): Promise<PreparedResponse> {
  const onBroken = (error: unknown): void => {
    if (end.reason instanceof CallerGoneError) return;
    endOurselves();
    const diagnosis = error instanceof GatewayError ? error.diagnosis : undefined;
    call.log.warning("response_cut", {
      error: describeError(error),
      ...(diagnosis === undefined ? {} : { diagnosis }),
    });
  };
  exchange.response.setHeader(CORRELATION_HEADER, call.correlationId);
  try {
    return await prepareResponse(await untilAborted(handle(call), end), exchange, end, onBroken);
  } catch (error) {
    // The hang-up itself has been noted.
    const known = error instanceof CallerGoneError && error === end.reason;
    return prepareResponse(problemAnswer(error, known, call, realm), exchange, end, onBroken);
  }
}

function problemAnswer(error: unknown, known: boolean, call: HttpCall, realm: ChallengeRealm | undefined): HttpAnswer {
  const failure = error instanceof GatewayError ? error : new InternalError(error);
  if (!known) logFailure(call.log, failure);
  return problemResponse(failure, call.correlationId, realm);
}

function logFailure(log: Log, failure: GatewayError): void {
  const { status } = CATALOGUE[failure.code];
  const fields = {
    code: failure.code,
    status,
    detail: failure.message,
    ...(failure.diagnosis === undefined ? {} : { diagnosis: failure.diagnosis }),
    ...(failure.cause === undefined ? {} : { cause: describeError(failure.cause) }),
    ...(failure instanceof InternalError && failure.cause instanceof Error ? { stack: failure.cause.stack } : {}),
  };
  if (status >= FIRST_SERVER_ERROR) log.error("call_failed", fields);
  else log.warning("call_refused", fields);
}

function httpCall({ request }: RawHttp, end: CallAbort, logOf: (correlationId: string) => Log): HttpCall {
  const header = headerReader(request.rawHeaders);
  const id = correlationId(header);
  const url = request.url ?? "/";
  const queryAt = url.indexOf("?");
  const hasBody = header("transfer-encoding") !== undefined || Number(header("content-length") ?? 0) > 0;
  return {
    method: request.method ?? "GET",
    path: queryAt < 0 ? url : url.slice(0, queryAt),
    query: queryAt < 0 ? "" : url.slice(queryAt),
    rawHeaders: request.rawHeaders,
    header,
    body: hasBody ? request : undefined,
    get signal() {
      return end.signal;
    },
    correlationId: id,
    log: logOf(id),
  };
}

function invocationLog(sink: LogSink, { functionName }: InvocationContext, id: string): Log {
  return jsonLog(sink, { correlationId: id, function: functionName });
}

/** Without HTTP streaming only the library's own request is there, whose headers the caller can replace. */
function refuseWithoutStreaming(context: InvocationContext, sink: LogSink): HttpResponseInit {
  const id = context.invocationId;
  const failure = new InternalError(
    new Error("HTTP streaming is off: no true request. Enable it with app.setup({ enableHttpStream: true })."),
  );
  logFailure(invocationLog(sink, context, id), failure);
  const { status, headers, body } = problemResponse(failure, id, undefined);
  return { status, headers: { ...Object.fromEntries(headers), [CORRELATION_HEADER]: id }, body };
}

/**
 * Where a call's lines go: through its invocation, which files them under the function; and elsewhere once that is over,
 * when the library would warn of each. A call may have something to say then: its answer is still on its way.
 */
export class InvocationSink implements LogSink {
  readonly #context: InvocationContext;
  readonly #late: LogSink;
  #over = false;

  constructor(context: InvocationContext, late: LogSink) {
    this.#context = context;
    this.#late = late;
  }

  /** The handler has returned. */
  over(): void {
    this.#over = true;
  }

  info(line: string): void {
    if (this.#over) this.#late.info(line);
    else this.#context.info(line);
  }

  warning(line: string): void {
    if (this.#over) this.#late.warning(line);
    else this.#context.warn(line);
  }

  error(line: string): void {
    if (this.#over) this.#late.error(line);
    else this.#context.error(line);
  }
}
