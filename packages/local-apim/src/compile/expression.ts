import { balancedEnd, isExpressionStart } from "../document/csharpScanner.ts";
import type { PolicyText } from "../document/policyElement.ts";
import { type CompiledExpression, ExpressionFailure, ExpressionRefusal } from "../expressionEngine.ts";
import { BodyNotReadSignal } from "../http/messageBody.ts";
import type { Exchange } from "../pipeline/exchange.ts";
import { type GatewayError, internalError } from "../pipeline/gatewayError.ts";
import type { PolicyValue } from "../policyValue.ts";
import { type Position, refuse } from "../refusal.ts";
import type { CompileContext } from "./compiler.ts";
import { constant, type Source } from "./source.ts";

interface Kinds {
  text: string;
  value: PolicyValue;
  boolean: boolean;
  integer: number;
}

/** What looks like an expression inside other text: API Management sends it as it stands. */
const INNER_EXPRESSION = /@\(\s*(context\.|\(|string\b|new\b|[A-Z$"])|@\{\s*return\b/;

export function isExpression(text: string): boolean {
  return isExpressionStart(text, text.length - text.trimStart().length);
}

/** A literal of the kind that is wanted, or an expression whose value becomes it. @throws PolicyProblemError */
export function compileValue<Kind extends keyof Kinds>(
  written: PolicyText,
  context: CompileContext,
  kind: Kind,
): Source<Kinds[Kind]> {
  const kinds: { readonly [K in keyof Kinds]: () => Source<Kinds[K]> } = {
    text: () => textValue(written, context),
    value: () => (isExpression(written.text) ? expressionValue(written, context, "value") : literalText(written)),
    boolean: () => booleanValue(written, context),
    integer: () => integerValue(written, context),
  };
  return kinds[kind]();
}

function textValue(written: PolicyText, context: CompileContext): Source<string> {
  if (!isExpression(written.text)) return literalText(written);
  const value = expressionValue(written, context, "value");
  return async (exchange) => asText(await value(exchange), context);
}

function literalText({ text, at }: PolicyText): Source<string> {
  if (INNER_EXPRESSION.test(text)) {
    refuse(
      at,
      text.trim(),
      "an expression counts only as the whole value; inside other text it would be sent as it stands",
    );
  }
  return constant(text);
}

function booleanValue(written: PolicyText, context: CompileContext): Source<boolean> {
  const literal = written.text.trim().toLowerCase();
  if (literal === "true" || literal === "false") return constant(literal === "true");
  if (!isExpression(written.text)) refuse(written.at, written.text, `'${written.text}' is neither true nor false`);
  const value = expressionValue(written, context, "bool");
  return async (exchange) => {
    const result = await value(exchange);
    if (typeof result !== "boolean") throw new Error("An expression compiled as bool has given something else.");
    return result;
  };
}

function integerValue(written: PolicyText, context: CompileContext): Source<number> {
  if (!isExpression(written.text)) {
    const number = parseInteger(written.text);
    return number === undefined
      ? refuse(written.at, written.text, `'${written.text}' is no whole number`)
      : constant(number);
  }
  const value = expressionValue(written, context, "value");
  return async (exchange) => {
    const text = asText(await value(exchange), context);
    const number = parseInteger(text);
    if (number === undefined) throw evaluationFailure(`The value '${text}' is no whole number.`);
    return number;
  };
}

function asText(value: PolicyValue, { values }: CompileContext): string {
  try {
    return values.toText(value);
  } catch (error) {
    throw error instanceof ExpressionFailure ? evaluationFailure(error.message, error) : error;
  }
}

function parseInteger(text: string): number | undefined {
  return /^\s*\d{1,15}\s*$/.test(text) ? Number(text) : undefined;
}

function expressionValue(
  { text, at }: PolicyText,
  { compileExpression }: CompileContext,
  wanted: "bool" | "value",
): Source<PolicyValue> {
  const start = text.length - text.trimStart().length;
  const end = balancedEnd(text, start + 1);
  if (end < 0) refuse(at, text.trim(), "the expression is not closed");
  if (text.slice(end).trim() !== "") refuse(at, text.trim(), "there is text after the expression");
  const source = text.slice(start, end);
  let compiled: CompiledExpression;
  try {
    compiled = compileExpression(source, wanted);
  } catch (error) {
    if (!(error instanceof ExpressionRefusal)) throw error;
    return refuse(positionIn(text, at, start + error.offset), source, `${error.message}, in the expression ${source}`);
  }
  return (exchange) => evaluate(compiled, exchange);
}

async function evaluate(compiled: CompiledExpression, exchange: Exchange): Promise<PolicyValue> {
  for (;;) {
    try {
      return compiled.evaluate(exchange);
    } catch (error) {
      if (error instanceof ExpressionFailure) throw evaluationFailure(error.message, error);
      if (!(error instanceof BodyNotReadSignal)) throw error;
      await error.body.bytes();
    }
  }
}

function evaluationFailure(message: string, cause?: unknown): GatewayError {
  return internalError("ExpressionValueEvaluationFailure", `Expression evaluation failed. ${message}`, cause);
}

/** The place of a character, if what stands before it is as in the file (named values are of one line). */
function positionIn(text: string, at: Position, offset: number): Position {
  const before = text.slice(0, offset).split("\n");
  const lines = before.length - 1;
  const column = lines === 0 ? at.column + offset : (before.at(-1)?.length ?? 0) + 1;
  return { file: at.file, line: at.line + lines, column };
}
