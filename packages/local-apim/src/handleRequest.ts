import type { IncomingMessage, ServerResponse } from "node:http";
import { cutConnection } from "@obo-gateway/local-azure/net/cutConnection.ts";
import { createExchange, type Gateway } from "./createExchange.ts";
import { sendAnswer } from "./http/sendAnswer.ts";
import { errorResponse } from "./pipeline/errorResponse.ts";
import type { Exchange } from "./pipeline/exchange.ts";
import { GatewayError, messageOf } from "./pipeline/gatewayError.ts";
import { newResponse } from "./pipeline/messageOfSection.ts";
import type { GatewayResponse } from "./pipeline/messages.ts";
import { runPipeline } from "./pipeline/runPipeline.ts";
import { runPreflight, stepsOf } from "./pipeline/runSteps.ts";
import { authorize, shownKey } from "./subscriptionKeys.ts";

/** Takes a request through the gateway: the operation, the subscription, the policies, the answer, the trace. */
export async function handleRequest(
  gateway: Gateway,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const gone = new AbortController();
  response.once("close", () => {
    if (!response.writableFinished) gone.abort(new Error("The caller closed the connection."));
  });
  const exchange = createExchange(gateway, request, gone.signal);
  const startMs = performance.now();
  let status = 0;
  try {
    const answer =
      (await preflight(gateway, exchange)) ?? (await runPipeline(exchange, () => admit(gateway, exchange)));
    status = answer.status;
    if (gone.signal.aborted) answer.body.discard();
    else await sendAnswer(response, exchange.request.originalMethod, answer, exchange.answerHeaders);
  } catch (error) {
    if (!gone.signal.aborted) gateway.services.log(`A request was not answered to its end: ${messageOf(error)}`);
    cutConnection(response);
  }
  gateway.trace?.({
    requestId: exchange.requestId,
    method: exchange.request.originalMethod,
    path: exchange.request.originalUrl.path,
    api: exchange.api?.id,
    operation: exchange.operation?.id,
    status,
    durationMs: performance.now() - startMs,
    events: exchange.trace.events(),
  });
}

/** The built-in steps before the policies. @throws GatewayError */
function admit(gateway: Gateway, exchange: Exchange): void {
  const { api, operation, request, documents } = exchange;
  if (api === undefined || operation === undefined) {
    throw new GatewayError({
      source: "configuration",
      reason: "OperationNotFound",
      message: "Unable to match incoming request to an operation.",
      publicMessage: "Resource not found",
      status: 404,
    });
  }
  const key = shownKey(request.headers, request.originalUrl.query);
  const { subscription, product } = authorize(gateway.access, api, key, gateway.url());
  exchange.subscription = subscription;
  exchange.product = product;
  const policy = product && gateway.policies.products.get(product.id);
  if (policy !== undefined) documents.set("product", policy);
}

/** Answers a CORS preflight, if it is one and a `cors` policy wants to; an operation for OPTIONS comes first. */
async function preflight(gateway: Gateway, exchange: Exchange): Promise<GatewayResponse | undefined> {
  const { request, api } = exchange;
  const isPreflight = request.method === "OPTIONS" && request.headers.has("origin");
  const method = request.headers.joined("access-control-request-method");
  if (!isPreflight || method === undefined || api === undefined || exchange.operation !== undefined) return undefined;
  const { operation } = gateway.match(method.toUpperCase(), request.originalUrl.path) ?? {};
  const document = operation && gateway.policies.operation(api.id, operation.id);
  if (document !== undefined) exchange.documents.set("operation", document);
  try {
    return (await runPreflight(stepsOf("inbound", exchange), exchange)) === "none" ? undefined : newResponse(200);
  } catch (error) {
    if (error instanceof GatewayError) return errorResponse(error, exchange.requestId);
    throw error;
  }
}
