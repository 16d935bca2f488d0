import type { Exchange, Flow, PreflightOutcome, Step } from "./exchange.ts";
import { clientGone, GatewayError, internalError, messageOf } from "./gatewayError.ts";
import { SCOPES, type Scope, type Section } from "./scopes.ts";

/** Runs policies in order until one has answered. @throws GatewayError with its place in the documents. */
export async function runSteps(steps: readonly Step[], exchange: Exchange): Promise<Flow> {
  for (const step of steps) {
    if ((await runStep(step, exchange)) === "responded") return "responded";
  }
  return "next";
}

/** Runs a section as the innermost document has it; or, for the `<base/>` of a scope, as those outside that scope do. */
export async function runSection(section: Section, exchange: Exchange, outside?: Scope): Promise<Flow> {
  return runSteps(stepsOf(section, exchange, outside), exchange);
}

/** Lets the `cors` policies decide that are in scope, one after the other. */
export async function runPreflight(steps: readonly Step[], exchange: Exchange): Promise<PreflightOutcome> {
  let outcome: PreflightOutcome = "none";
  for (const { preflight } of steps) {
    const next = (await preflight?.(exchange)) ?? "none";
    if (next === "decided") return next;
    if (next === "unmatched") outcome = next;
  }
  return outcome;
}

export function stepsOf(section: Section, exchange: Exchange, outside?: Scope): readonly Step[] {
  const scopes = outside === undefined ? SCOPES : SCOPES.slice(0, SCOPES.indexOf(outside));
  for (const scope of scopes.toReversed()) {
    const steps = exchange.documents.get(scope)?.sections.get(section);
    if (steps !== undefined) return steps;
  }
  return [];
}

async function runStep(step: Step, exchange: Exchange): Promise<Flow> {
  const note = exchange.trace.begin(step);
  try {
    // Whoever waited for the caller's connection would wait for nothing.
    exchange.signal.throwIfAborted();
    return await step.run(exchange, note);
  } catch (error) {
    const known = asGatewayError(error, step, exchange);
    known.place ??= step.place;
    note.error = `${known.details.reason}: ${known.message}`;
    throw known;
  } finally {
    note.end();
  }
}

function asGatewayError(error: unknown, step: Step, exchange: Exchange): GatewayError {
  if (error instanceof GatewayError) return error;
  if (exchange.signal.aborted) return clientGone(error);
  // Not foreseen: a fault of the local gateway rather than of the policies, and to be seen as one.
  exchange.services.log(
    `The policy ${step.place.policy} (${step.line.file}:${step.line.line}) failed: ${messageOf(error)}`,
  );
  return internalError("InternalError", messageOf(error), error);
}
