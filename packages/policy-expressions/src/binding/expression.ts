import { refuse } from "../errors.ts";
import {
  BOOL,
  CHAR,
  DECIMAL,
  DOUBLE,
  FLOAT,
  INT,
  LONG,
  NEVER,
  NULL,
  namedType,
  STRING,
  type Type,
  UINT,
  ULONG,
} from "../model/type.ts";
import type { Value } from "../model/value.ts";
import { Decimal } from "../runtime/decimal.ts";
import { ExceptionValue, NetException, nullReference } from "../runtime/exception.ts";
import { Char, Float, Integer } from "../runtime/number.ts";
import { TypeValue } from "../runtime/objects.ts";
import type { Expression } from "../syntax/ast.ts";
import { bindAssignment } from "./assignment.ts";
import { bindOperator } from "./binary.ts";
import type { Binder } from "./binder.ts";
import type { AnyBound, Bound } from "./bound.ts";
import { bindArguments, bindIndex } from "./calls.ts";
import { bindAs } from "./casts.ts";
import { bindCoalesce, bindConditional, bindConditionalAccess, bindLogical } from "./conditional.ts";
import { bindAnonymous, bindNew, bindNewArray } from "./creation.ts";
import { defaultValue } from "./defaults.ts";
import { bindInterpolated } from "./interpolation.ts";
import { bound, constant, requireOperand, requireValue } from "./make.ts";
import { bindName } from "./names.ts";
import { bindIs } from "./patterns.ts";
import { bindQuery } from "./query.ts";
import type { Scope } from "./scope.ts";
import { bindStep, bindUnary } from "./unary.ts";

/** Binds any expression; what a name stands for (type, namespace, methods) included. */
export function bindExpression(
  node: Expression,
  scope: Scope,
  binder: Binder,
  receivers: Map<Expression, Bound>,
): AnyBound {
  const { at } = node;
  switch (node.kind) {
    case "literal":
      return bindLiteral(node);
    case "name":
      return bindName(node, scope, binder);
    case "typeName":
      return { kind: "type", at, type: binder.type(node.type) };
    case "parenthesized":
      return binder.any(node.value, scope);
    case "receiver":
      return receivers.get(node) ?? refuse("'?.' without a target", "?.", at);
    case "member":
      return binder.member(binder.any(node.target, scope), node.name, node.typeArgs, at);
    case "call":
      return binder.call(
        requireOperand(bindCallee(node.target, scope, binder)),
        bindArguments(node.args, scope, binder),
        at,
      );
    case "index":
      return bindIndex(
        requireValue(binder.any(node.target, scope)),
        bindArguments(node.args, scope, binder),
        at,
        binder,
      );
    case "conditionalAccess":
      return bindConditionalAccess(node, scope, binder, receivers);
    case "new":
      return bindNew(node, scope, binder);
    case "newArray":
      return bindNewArray(node, scope, binder);
    case "anonymous":
      return bindAnonymous(node, scope, binder);
    case "cast":
      return binder.cast(binder.operand(node.value, scope), binder.type(node.type), at);
    case "is":
      return bindIs(requireValue(binder.operand(node.value, scope)), node.pattern, at, scope, binder);
    case "as":
      return bindAs(requireValue(binder.operand(node.value, scope)), binder.type(node.type), at, binder);
    case "lambda":
      return { kind: "lambda", at, syntax: node, scope, inferred: new Map() };
    case "binary":
      return bindBinary(node, scope, binder);
    case "assign":
      return bindAssignment(node, scope, binder);
    default:
      return bindOther(node, scope, binder);
  }
}

function bindCallee(node: Expression, scope: Scope, binder: Binder): AnyBound {
  if (node.kind !== "member") return binder.any(node, scope);
  return binder.member(binder.any(node.target, scope), node.name, node.typeArgs, node.at, true);
}

function bindBinary(node: Extract<Expression, { kind: "binary" }>, scope: Scope, binder: Binder): Bound {
  if (node.operator === "&&" || node.operator === "||") return bindLogical(node, scope, binder);
  if (node.operator === "??") return bindCoalesce(node, scope, binder);
  const left = requireValue(binder.operand(node.left, scope));
  const right = requireValue(binder.operand(node.right, scope));
  return bindOperator(node.operator, left, right, node.at, false, binder);
}

function bindOther(node: Expression, scope: Scope, binder: Binder): AnyBound {
  const { at } = node;
  switch (node.kind) {
    case "unary":
      return bindUnary(node.operator, requireValue(binder.operand(node.value, scope)), at, false, binder);
    case "step":
      return bindStep(node.operator, node.prefix, binder.value(node.value, scope), at, binder);
    case "checked":
      return bindChecked(node, scope, binder);
    case "conditional":
      return bindConditional(node, scope, binder);
    case "interpolated":
      return bindInterpolated(node, scope, binder);
    case "query":
      return binder.any(bindQuery(node), scope);
    case "typeof": {
      const value = new TypeValue(binder.type(node.type));
      return bound(namedType("System.Type"), () => value, at);
    }
    case "default": {
      const type = binder.type(node.type);
      return constant(type, defaultValue(type, binder.relations), at);
    }
    case "nameof":
      return constant(STRING, node.name, at);
    case "throw":
      return bindThrow(binder.typed(node.value, namedType("System.Exception"), scope), at);
    default:
      return refuse(`'${node.kind}' is not possible here`, node.kind, at);
  }
}

/** Code that throws an exception value. */
export function bindThrow(value: Bound, at: number): Bound {
  return bound(
    NEVER,
    (frame) => {
      const thrown = value.code(frame) ?? nullReference();
      if (!(thrown instanceof ExceptionValue)) throw new Error("an exception was expected");
      throw new NetException(thrown);
    },
    at,
  );
}

// Only the operator right inside is checked; deeper ones would silently not be, so they are refused.
function bindChecked(node: Extract<Expression, { kind: "checked" }>, scope: Scope, binder: Binder): Bound {
  const inner = node.value;
  const simple = (part: Expression): boolean => ["name", "literal", "member", "call", "index"].includes(part.kind);
  if (!node.checked) {
    if (inner.kind === "name" || inner.kind === "member" || inner.kind === "call") return binder.value(inner, scope);
    const unchecked = requireValue(binder.operand(inner, scope));
    return unchecked.constant === undefined
      ? unchecked
      : refuse("'unchecked' with constants is not supported", "unchecked", node.at);
  }
  if (inner.kind === "cast" && simple(inner.value))
    return binder.cast(binder.operand(inner.value, scope), binder.type(inner.type), inner.at, true);
  if (inner.kind === "binary" && simple(inner.left) && simple(inner.right)) {
    return bindOperator(
      inner.operator,
      binder.value(inner.left, scope),
      binder.value(inner.right, scope),
      inner.at,
      true,
      binder,
    );
  }
  return refuse("'checked' around this is not supported", "checked", node.at);
}

const LITERAL_TYPES: Record<string, Type> = {
  bool: BOOL,
  int: INT,
  uint: UINT,
  long: LONG,
  ulong: ULONG,
  float: FLOAT,
  double: DOUBLE,
  decimal: DECIMAL,
  char: CHAR,
  string: STRING,
};

function bindLiteral(node: Extract<Expression, { kind: "literal" }>): Bound {
  if (node.type === "null") return constant(NULL, null, node.at);
  if (node.type === "default") return { ...constant(NULL, null, node.at), isDefault: true };
  const type = LITERAL_TYPES[node.type] ?? refuse("unknown literal", node.type, node.at);
  return constant(type, literalValue(node.type, node.value, node.at), node.at);
}

function literalValue(type: string, value: string | number | bigint, at: number): Value {
  switch (type) {
    case "bool":
      return value === 1;
    case "int":
      return Number(value);
    case "long":
      return BigInt(value);
    case "uint":
      return new Integer(UINT, BigInt(value));
    case "ulong":
      return new Integer(ULONG, BigInt(value));
    case "float":
    case "double": {
      const number = Number(value);
      if (!Number.isFinite(number)) refuse("floating-point constant is too large", String(value), at);
      return type === "float" ? Float.single(number) : Float.double(number);
    }
    case "decimal":
      return Decimal.parse(String(value));
    case "char":
      return new Char(Number(value));
    default:
      return String(value);
  }
}
