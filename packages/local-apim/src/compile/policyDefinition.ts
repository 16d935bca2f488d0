import type { Preflight, StepAction } from "../pipeline/exchange.ts";
import type { Section } from "../pipeline/scopes.ts";
import type { PolicyCompiler } from "./compiler.ts";
import type { ElementReader } from "./elementReader.ts";

/** A policy that the local gateway can run. */
export interface PolicyDefinition {
  readonly name: string;
  /** Where API Management allows it. */
  readonly sections: readonly Section[];
  /** At most once among the policies of a section. */
  readonly once?: boolean;
  /** Refused there: API Management does not have it on the Consumption tier. */
  readonly notOnConsumption?: boolean;
  /** Reads the element and gives what it does. @throws PolicyProblemError */
  readonly compile: (reader: ElementReader, compiler: PolicyCompiler) => PolicyAction;
}

/** What a policy does; and, where it has a say in CORS preflights too, what it does there. */
export interface PolicyAction extends StepAction {
  readonly preflight?: Preflight;
}

export const EVERYWHERE: readonly Section[] = ["inbound", "backend", "outbound", "on-error"];
