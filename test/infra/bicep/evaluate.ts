import type { Node } from "web-tree-sitter";
import { loopOf } from "./declarations.ts";
import type { Expression } from "./expression.ts";
import { expression } from "./expression.ts";
import type { Functions } from "./functions.ts";
import { parts } from "./parse.ts";
import { stringOf } from "./string.ts";
import type { Lambda, Value, Values } from "./value.ts";
import { isList, isValues, list, Runtime, same, text } from "./value.ts";

/** What names mean where an expression stands. */
export interface Scope {
  readonly names: (name: string) => Value;
  readonly functions: Functions;
}

/**
 * What an expression comes to.
 * @throws Error for what this reader of Bicep does not know, so that no test passes by misunderstanding.
 */
export function evaluate(node: Node, scope: Scope): Value {
  return result(expression(node), scope);
}

/** Each turn of a loop: its body, and the scope in which it stands. */
export function iterations(node: Node, scope: Scope): { body: Node; inner: Scope }[] {
  const { item, index, over, body } = loopOf(node);
  return list(evaluate(over, scope)).map((value, position) => ({
    body,
    inner: withNames(scope, index === undefined ? { [item]: value } : { [item]: value, [index]: position }),
  }));
}

function withNames(scope: Scope, names: Values): Scope {
  return { ...scope, names: (name) => (Object.hasOwn(names, name) ? (names[name] ?? null) : scope.names(name)) };
}

function result(of: Expression, scope: Scope): Value {
  switch (of.kind) {
    case "leaf":
      return literal(of.node, scope);
    case "call":
      return call(of.name, of.given, scope);
    case "member":
      return member(result(of.of, scope), of.name, of.optional);
    case "nested":
      return member(result(of.of, scope), `:${of.name}`, false);
    case "element":
      return element(result(of.of, scope), result(of.index, scope));
    case "not":
      return !isTrue(result(of.of, scope));
    case "binary":
      return binary(of.operator, result(of.left, scope), () => result(of.right, scope));
    case "conditional":
      return result(isTrue(result(of.when, scope)) ? of.then : of.otherwise, scope);
    case "lambda":
      throw new Error("A lambda is no value.");
  }
}

function literal(node: Node, scope: Scope): Value {
  switch (node.type) {
    case "string":
      return stringOf(node, (inner) => text(evaluate(inner, scope)));
    case "number":
      return Number(node.text);
    case "boolean":
      return node.text === "true";
    case "null":
      return null;
    case "identifier":
      return scope.names(node.text);
    case "array":
      return parts(node).map((item) => evaluate(item, scope));
    case "object":
      return properties(node, scope);
    case "for_statement":
      return iterations(node, scope).map(({ body, inner }) => evaluate(body, inner));
    case "parenthesized_expression": {
      const [inner] = parts(node);
      if (inner !== undefined) return evaluate(inner, scope);
    }
  }
  throw new Error(`This ${node.type} is not understood: ${node.text}`);
}

function properties(node: Node, scope: Scope): Values {
  const entries = parts(node).flatMap((property): [string, Value][] => {
    const [key, value] = parts(property);
    if (property.type !== "object_property" || key === undefined) throw new Error(`Not understood: ${property.text}`);
    if (key.type === "resource_declaration" || key.type === "decorators") return [];
    if (value === undefined) throw new Error(`Not understood: ${property.text}`);
    const name = key.type === "string" ? text(evaluate(key, scope)) : key.text;
    return [[name, evaluate(value, scope)]];
  });
  return Object.fromEntries(entries);
}

function isTrue(value: Value): boolean {
  if (typeof value !== "boolean") throw new Error(`true or false was expected, not ${text(value)}.`);
  return value;
}

function binary(operator: string, left: Value, right: () => Value): Value {
  switch (operator) {
    case "==":
      return same(left, right());
    case "!=":
      return !same(left, right());
    case "&&":
      return isTrue(left) && isTrue(right());
    case "||":
      return isTrue(left) || isTrue(right());
    case "??":
      return left ?? right();
    case "-":
      return Number(left) - Number(right());
    // Bicep has whole numbers only.
    case "/":
      return Math.trunc(Number(left) / Number(right()));
    default:
      throw new Error(`The operator ${operator} is not understood.`);
  }
}

function member(from: Value, name: string, optional: boolean): Value {
  if (from instanceof Runtime) return from.property(name);
  if (optional && from === null) return null;
  if (isValues(from) && (optional || Object.hasOwn(from, name))) return from[name] ?? null;
  throw new Error(`There is no ${name} in ${text(from)}.`);
}

function element(from: Value, index: Value): Value {
  const found = isList(from) && typeof index === "number" ? from[index] : undefined;
  if (found === undefined) throw new Error(`There is no element ${text(index)} of ${text(from)}.`);
  return found;
}

function call(name: string, given: readonly Expression[], scope: Scope): Value {
  const called = scope.functions[name];
  if (called === undefined) throw new Error(`The function ${name} is not known here.`);
  return called(given.map((each) => (each.kind === "lambda" ? lambda(each, scope) : result(each, scope))));
}

function lambda({ names, body }: Expression & { kind: "lambda" }, scope: Scope): Lambda {
  return (...given) =>
    result(body, withNames(scope, Object.fromEntries(names.map((name, index) => [name, given[index] ?? null]))));
}
