import {
  compileExpression,
  ExpressionRefusedError,
  jwtValue,
  NetException,
  NetObject,
  responseValue,
  toText,
} from "@obo-gateway/policy-expressions/index.ts";
import { JTokenValue } from "@obo-gateway/policy-expressions/runtime/json/token.ts";
import { expressionContext, expressionResponse } from "./expressionContext.ts";
import { type CompileExpression, ExpressionFailure, ExpressionRefusal } from "./expressionEngine.ts";
import type { GatewayResponse } from "./pipeline/messages.ts";
import type { PolicyValues } from "./policyValue.ts";
import { asValue } from "./policyValueGuard.ts";

/** Joins the interpreter of C# expressions to the gateway. */
export function createExpressions(now: () => number): {
  readonly compile: CompileExpression;
  readonly values: PolicyValues;
} {
  const responses = new WeakMap<object, GatewayResponse>();
  return {
    compile(source, wanted) {
      const compiled = refusing(() => compileExpression(source, { expected: wanted === "bool" ? "bool" : "any" }));
      return {
        evaluate(exchange) {
          const traced: string[] = [];
          exchange.bodyReads.begin();
          const value = failing(() =>
            compiled.evaluate(
              expressionContext(exchange, (text) => traced.push(text)),
              now,
            ),
          );
          exchange.bodyReads.commit();
          for (const text of traced) exchange.trace.say(text);
          return value;
        },
      };
    },
    values: {
      toText: (value) => failing(() => toText(asValue(value))),
      copy(value) {
        if (typeof value !== "object" || value === null) return value;
        return value instanceof JTokenValue ? value.clone() : undefined;
      },
      jwt: jwtValue,
      response(response, reads) {
        const value = responseValue(expressionResponse(response, reads));
        if (value instanceof NetObject) responses.set(value, response);
        return value;
      },
      responseOf: (value) => (typeof value === "object" && value !== null ? responses.get(value) : undefined),
    },
  };
}

function refusing<T>(compile: () => T): T {
  try {
    return compile();
  } catch (error) {
    if (!(error instanceof ExpressionRefusedError)) throw error;
    throw new ExpressionRefusal(error.message.replace(/ \(at offset \d+\)$/, ""), error.position);
  }
}

/** A .NET exception is the expression's own; whatever else goes wrong is not. */
function failing<T>(evaluate: () => T): T {
  try {
    return evaluate();
  } catch (error) {
    if (!(error instanceof NetException)) throw error;
    throw new ExpressionFailure(error.message, { cause: error });
  }
}
