import { errorResponse } from "./errorResponse.ts";
import type { Exchange } from "./exchange.ts";
import { GatewayError, messageOf } from "./gatewayError.ts";
import { newResponse } from "./messageOfSection.ts";
import type { GatewayResponse } from "./messages.ts";
import { runSection } from "./runSteps.ts";

/** Runs the sections, on-error too when it comes to that, and gives the answer. `admit` is the step before the policies. */
export async function runPipeline(exchange: Exchange, admit: () => void): Promise<GatewayResponse> {
  try {
    admit();
    for (const section of ["inbound", "backend", "outbound"] as const) {
      if ((await runSection(section, exchange)) === "responded") break;
    }
  } catch (error) {
    fail(exchange, error);
    await runOnError(exchange);
  }
  await finish(exchange);
  return exchange.response ?? newResponse(200);
}

async function runOnError(exchange: Exchange): Promise<void> {
  try {
    await runSection("on-error", exchange);
  } catch (error) {
    fail(exchange, error);
  }
}

/** Makes the error's own answer the response, which on-error may change. @throws what is not an error of the pipeline */
function fail(exchange: Exchange, error: unknown): void {
  if (!(error instanceof GatewayError)) throw error;
  exchange.lastError = error;
  if (error.details.keepResponse === true) return;
  exchange.response?.body.discard();
  exchange.response = errorResponse(error, exchange.requestId);
}

async function finish({ atAnswer, services }: Exchange): Promise<void> {
  for (const last of atAnswer) {
    try {
      await last();
    } catch (error) {
      // The answer is there already: it is not taken back for a counter.
      services.log(`A request could not be counted: ${messageOf(error)}`);
    }
  }
}
