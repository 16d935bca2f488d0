import type { Code } from "./binding/bound.ts";
import { createBinder } from "./binding/createBinder.ts";
import { defaultValue } from "./binding/defaults.ts";
import { isInstance } from "./binding/patterns.ts";
import { Scope } from "./binding/scope.ts";
import type { PolicyContext } from "./context.ts";
import { ExpressionLimitError } from "./errors.ts";
import { requireAssigned } from "./flow/statementFlow.ts";
import { BOOL, OBJECT } from "./model/type.ts";
import type { Value } from "./model/value.ts";
import { Run } from "./runtime/frame.ts";
import { parseProgram } from "./syntax/parser.ts";
import { createRelations } from "./types/all.ts";
import { Surface } from "./types/surface.ts";

export interface CompiledExpression {
  /**
   * Runs the expression. `now`: milliseconds since the epoch, for DateTime.UtcNow and the like.
   * Throws NetException (a .NET exception the expression did not catch), ExpressionLimitError, ExpressionUnsupportedError.
   */
  evaluate(context: PolicyContext, now: () => number): Value;
}

const relations = createRelations();
const types = {
  defaultOf: (type: Parameters<typeof defaultValue>[0]) => defaultValue(type, relations),
  isInstance: (value: Value, type: Parameters<typeof isInstance>[1]) => isInstance(value, type, relations),
};

/**
 * Compiles a policy expression, `@(expression)` or `@{ statements }`, C# 7.3 with the types and members that Microsoft's
 * "API Management policy expressions" lists. With `expected: "bool"` the result must be a bool, as conditions need it.
 * Throws ExpressionRefusedError naming what is unknown, not on that list, or not C#.
 */
export function compileExpression(
  source: string,
  options: { readonly expected?: "bool" | "string" | "any" } = {},
): CompiledExpression {
  const program = parseProgram(source);
  const binder = createBinder(relations);
  const returns = options.expected === "bool" ? BOOL : OBJECT;
  const scope = new Scope(undefined, { function: { returns, found: [] } });
  const body = program.kind === "expression" ? program.value : program.block;
  const code: Code = binder.functionBody({ body }, scope, returns);
  requireAssigned(body);
  return {
    evaluate(context, now) {
      const run = new Run(new Surface("IProxyRequestContext", context), now, types);
      try {
        return code({ slots: [], parent: undefined, run });
      } catch (error) {
        // JavaScript's own stack ran out before the limit of nested calls was reached.
        if (error instanceof RangeError) throw new ExpressionLimitError("nested calls");
        throw error;
      }
    },
  };
}
