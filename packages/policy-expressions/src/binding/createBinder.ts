import { refuse } from "../errors.ts";
import type { Relations } from "../model/relations.ts";
import type { Expression, TypeSyntax } from "../syntax/ast.ts";
import type { Binder } from "./binder.ts";
import { bindBlock } from "./block.ts";
import type { Bound } from "./bound.ts";
import { bindCall } from "./calls.ts";
import { bindCast } from "./casts.ts";
import { convertImplicitly, implicitConversion, implicitTypeConversion } from "./conversion.ts";
import { bindExpression } from "./expression.ts";
import { resolveGroup } from "./groupConversion.ts";
import { bindLambda, functionBody, inferLambda } from "./lambda.ts";
import { requireOperand, requireValue } from "./make.ts";
import { bindMember } from "./members.ts";
import { bindStatement } from "./statement.ts";

/** Joins the parts of the binder. One binder compiles one expression. */
export function createBinder(relations: Relations): Binder {
  const receivers = new Map<Expression, Bound>();
  const binder: Binder = {
    relations,
    type: (syntax) => resolveType(syntax, relations),
    any: (node, scope) => bindExpression(node, scope, binder, receivers),
    operand: (node, scope) => requireOperand(binder.any(node, scope)),
    value: (node, scope) => requireValue(binder.any(node, scope)),
    typed: (node, type, scope) => binder.convert(binder.operand(node, scope), type, node.at),
    implicit: (from, to) => implicitConversion(from, to, binder),
    implicitType: (from, to) => implicitTypeConversion(from, to, binder),
    convert: (value, to, at) => convertImplicitly(value, to, at, binder),
    cast: (value, to, at, checked = false) => bindCast(value, to, at, checked, binder),
    inferLambda: (lambda, parameters) => inferLambda(lambda, parameters, binder),
    bindLambda: (lambda, parameters, returns, delegate) => bindLambda(lambda, parameters, returns, delegate, binder),
    functionBody: (syntax, scope, returns) => functionBody(syntax, scope, returns, binder),
    member: (target, name, typeArgs, at, invoked = false) => bindMember(target, name, typeArgs, at, binder, invoked),
    call: (target, args, at) => bindCall(target, args, at, binder),
    resolveGroup: (group, parameters) => resolveGroup(group, parameters, binder),
    block: (node, scope) => bindBlock(node.statements, scope, binder),
    statement: (node, scope) => bindStatement(node, scope, binder),
  };
  return binder;
}

function resolveType(syntax: TypeSyntax, relations: Relations) {
  if (syntax.name === "dynamic") refuse("'dynamic' is not supported", "dynamic", syntax.at);
  const type = relations.registry.lookup(syntax);
  if (type !== undefined) return type;
  const unknown = firstUnknown(syntax, relations);
  return refuse(`unknown or unsupported type '${unknown}'`, unknown, syntax.at);
}

function firstUnknown(syntax: TypeSyntax, relations: Relations): string {
  const arg = syntax.args.find((part) => relations.registry.lookup(part) === undefined);
  return arg === undefined ? syntax.name : firstUnknown(arg, relations);
}
