import type { Exchange } from "./pipeline/exchange.ts";
import type { PolicyValue } from "./policyValue.ts";

/** An expression that the engine does not take; `offset` counts UTF-16 code units from its `@`. */
export class ExpressionRefusal extends Error {
  override readonly name = "ExpressionRefusal";
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

/** An exception that the expression raised, and did not catch. */
export class ExpressionFailure extends Error {
  override readonly name = "ExpressionFailure";
}

export interface CompiledExpression {
  /** @throws BodyNotReadSignal when a body must be read first. @throws ExpressionFailure */
  evaluate(exchange: Exchange): PolicyValue;
}

/** Compiles the C# of policies. `bool`: an expression of another type is refused. @throws ExpressionRefusal */
export type CompileExpression = (source: string, wanted: "bool" | "value") => CompiledExpression;
