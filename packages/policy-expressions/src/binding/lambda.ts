import { ExpressionRefusedError, refuse } from "../errors.ts";
import { NEVER, NULL, type Type, VOID } from "../model/type.ts";
import type { Value } from "../model/value.ts";
import type { Frame } from "../runtime/frame.ts";
import { Delegate } from "../runtime/objects.ts";
import type { Lambda } from "../syntax/ast.ts";
import type { Binder } from "./binder.ts";
import type { Bound, BoundLambda, Code } from "./bound.ts";
import { bound, requireValue } from "./make.ts";
import { Scope } from "./scope.ts";

const STATEMENT_KINDS = new Set(["call", "assign", "step", "new", "conditionalAccess"]);

function openScope(
  lambda: BoundLambda,
  parameters: readonly Type[],
  returns: Type | undefined,
): { scope: Scope; found: Type[] } {
  const found: Type[] = [];
  const scope = new Scope(lambda.scope, { function: { returns, found } });
  lambda.syntax.parameters.forEach(({ name }, i) => {
    const type = parameters[i];
    if (type === undefined) refuse("wrong number of parameters of a lambda", "=>", lambda.at);
    // Several parameters may be called _; then none of them can be used.
    scope.declare(name === "_" && i > 0 ? `_${i}` : name, type, lambda.at);
  });
  return { scope, found };
}

/** The type a lambda's body has by itself, given its parameters' types: what inference and overload resolution look at. */
export function inferLambda(lambda: BoundLambda, parameters: readonly Type[], binder: Binder): Type {
  const key = parameters.map((type) => type.key).join(",");
  const known = lambda.inferred.get(key);
  if (known instanceof Error) throw known;
  if (known !== undefined) return known;
  try {
    const type = naturalType(lambda, parameters, binder);
    lambda.inferred.set(key, type);
    return type;
  } catch (error) {
    if (error instanceof ExpressionRefusedError) lambda.inferred.set(key, error);
    throw error;
  }
}

function naturalType(lambda: BoundLambda, parameters: readonly Type[], binder: Binder): Type {
  const { scope, found } = openScope(lambda, parameters, undefined);
  const { body } = lambda.syntax;
  if (body.kind !== "block") {
    if (body.kind === "throw") return NEVER;
    const operand = binder.operand(body, scope);
    // A lambda in a lambda has no type; it only gets one from the delegate.
    return operand.kind === "value" ? operand.type : NULL;
  }
  const { completes } = binder.block(body, scope);
  if (found.length === 0) return completes ? VOID : NEVER;
  const best = binder.relations.bestCommon(found, (from, to) => binder.implicitType(from, to));
  return best ?? found[0] ?? VOID;
}

/** The lambda as a delegate. */
export function bindLambda(
  lambda: BoundLambda,
  parameters: readonly Type[],
  returns: Type,
  delegate: Type,
  binder: Binder,
): Bound {
  const { scope } = openScope(lambda, parameters, returns);
  const body = functionBody(lambda.syntax, scope, returns, binder);
  return bound(delegate, (frame) => new Delegate(delegate, (...args) => enter(frame, args, body)), lambda.at);
}

/** Runs a function body in a frame of its own, its parameters in the first slots. */
export function enter(parent: Frame, args: readonly Value[], body: Code): Value {
  parent.run.step();
  return parent.run.nested(() => body({ slots: [...args], parent, run: parent.run }));
}

/** The code of a function's body; its scope holds the parameters. */
export function functionBody({ body }: Pick<Lambda, "body">, scope: Scope, returns: Type, binder: Binder): Code {
  if (body.kind === "block") {
    const { code, completes } = binder.block(body, scope);
    if (completes && returns.key !== VOID.key) refuse("not all code paths return a value", "return", body.at);
    return (frame) => {
      const completion = code(frame);
      return typeof completion === "object" ? completion.result : null;
    };
  }
  if (returns.key !== VOID.key) return binder.typed(body, returns, scope).code;
  if (body.kind !== "throw" && !STATEMENT_KINDS.has(body.kind))
    refuse("only a call or an assignment can be a statement", body.kind, body.at);
  return requireValue(binder.any(body, scope)).code;
}
