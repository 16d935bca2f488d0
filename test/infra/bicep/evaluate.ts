import type { Node } from "web-tree-sitter";
import { loopOf } from "./declarations.ts";
import type { Functions } from "./functions.ts";
import { children, parts } from "./parse.ts";
import type { Lambda, Value, Values } from "./value.ts";
import { isList, isValues, list, Runtime, same, text } from "./value.ts";

/** What names mean where an expression stands. */
export interface Scope {
  readonly names: (name: string) => Value;
  readonly functions: Functions;
}

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t" };

type Then = (value: Value) => Value;

/**
 * What an expression comes to. `then` is what is done with the value: the grammar takes `a ? b : c.d` for `(a ? b : c).d`,
 * so that what stands behind a conditional is done with its last branch only, as Bicep means it.
 * @throws Error for what this reader of Bicep does not know, so that no test passes by misunderstanding.
 */
export function evaluate(node: Node, scope: Scope, then: Then = (value) => value): Value {
  const [first, second, third] = parts(node);
  switch (node.type) {
    case "ternary_expression":
      return isTrue(evaluate(known(first, node), scope))
        ? evaluate(known(second, node), scope)
        : evaluate(known(third, node), scope, then);
    case "binary_expression":
      return evaluate(known(first, node), scope, (left) => then(binary(left, node, scope)));
    case "member_expression":
    case "resource_expression":
      return evaluate(known(first, node), scope, (from) => then(member(from, node)));
    case "subscript_expression":
      return evaluate(known(first, node), scope, (from) => then(element(from, evaluate(known(second, node), scope))));
    default:
      return then(simple(node, scope));
  }
}

function simple(node: Node, scope: Scope): Value {
  const [first] = parts(node);
  switch (node.type) {
    case "string":
      return interpolated(node, scope);
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
    case "parenthesized_expression":
      return evaluate(known(first, node), scope);
    case "nullable_type": // The grammar's word for `value!`.
      if (node.text.endsWith("!")) return evaluate(known(first, node), scope);
      break;
    case "call_expression":
      return call(node, scope);
    case "unary_expression":
      if (node.text.startsWith("!")) return !isTrue(evaluate(known(first, node), scope));
  }
  throw new Error(`This ${node.type} is not understood: ${node.text}`);
}

/** Each turn of a loop: its body, and the scope in which it stands. */
export function iterations(node: Node, scope: Scope): { body: Node; inner: Scope }[] {
  const { item, index, over, body } = loopOf(node);
  return list(evaluate(over, scope)).map((value, position) => ({
    body,
    inner: withNames(scope, index === undefined ? { [item]: value } : { [item]: value, [index]: position }),
  }));
}

export function withNames(scope: Scope, names: Values): Scope {
  return { ...scope, names: (name) => (Object.hasOwn(names, name) ? (names[name] ?? null) : scope.names(name)) };
}

function isTrue(value: Value): boolean {
  if (typeof value !== "boolean") throw new Error(`true or false was expected, not ${text(value)}.`);
  return value;
}

function properties(node: Node, scope: Scope): Values {
  const entries = parts(node).flatMap((property): [string, Value][] => {
    const [key, value] = parts(property);
    if (property.type !== "object_property" || key === undefined) throw new Error(`Not understood: ${property.text}`);
    if (key.type === "resource_declaration" || key.type === "decorators") return [];
    const name = key.type === "string" ? text(evaluate(key, scope)) : key.text;
    return [[name, evaluate(known(value, property), scope)]];
  });
  return Object.fromEntries(entries);
}

/** The grammar takes blanks before `${` into its token: what is literal is read from the text itself. */
function interpolated(node: Node, scope: Scope): string {
  if (node.text.startsWith("'''")) return node.text.slice(3, -3).replace(/^\r?\n/, "");
  let done = "";
  let literal = "";
  let position = 1;
  for (const child of children(node).filter(({ type }) => type === "interpolation")) {
    const start = child.startIndex - node.startIndex;
    const opening = child.text.indexOf("${");
    const inner = parts(child)[0];
    literal = node.text.slice(position, start + opening);
    done += unescaped(literal) + text(evaluate(known(inner, child), scope));
    position = start + child.text.length;
  }
  return done + unescaped(node.text.slice(position, -1));
}

function unescaped(literal: string): string {
  return literal.replace(/\\(.)/g, (_, character: string) => ESCAPES[character] ?? character);
}

function binary(left: Value, node: Node, scope: Scope): Value {
  const operator = children(node).find((child) => !child.isNamed)?.type;
  const right = (): Value => evaluate(known(parts(node)[1], node), scope);
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
    default:
      throw new Error(`The operator of ${node.text} is not understood.`);
  }
}

function member(from: Value, node: Node): Value {
  const name = known(parts(node)[1], node).text;
  if (from instanceof Runtime) return from.property(node.type === "resource_expression" ? `:${name}` : name);
  const optional = children(node).some(({ type }) => type === ".?");
  if (isValues(from) && (optional || Object.hasOwn(from, name))) return from[name] ?? null;
  throw new Error(`There is no ${name} for ${node.text}.`);
}

function element(from: Value, index: Value): Value {
  const found = isList(from) && typeof index === "number" ? from[index] : undefined;
  if (found === undefined) throw new Error(`There is no element ${text(index)} of ${text(from)}.`);
  return found;
}

function call(node: Node, scope: Scope): Value {
  const [callee, argumentsNode] = parts(node);
  const name = known(callee, node).text;
  const called = scope.functions[name];
  if (called === undefined) throw new Error(`The function ${name} is not known here.`);
  const given = argumentsNode === undefined ? [] : parts(argumentsNode);
  return called(given.map((each) => (each.type === "lambda_expression" ? lambda(each, scope) : evaluate(each, scope))));
}

function lambda(node: Node, scope: Scope): Lambda {
  const [head, body] = parts(node);
  const names = head?.type === "identifier" ? [head.text] : parts(known(head, node)).map(({ text: name }) => name);
  return (...given) =>
    evaluate(
      known(body, node),
      withNames(scope, Object.fromEntries(names.map((name, index) => [name, given[index] ?? null]))),
    );
}

function known<T>(found: T | undefined, node: Node): T {
  if (found === undefined) throw new Error(`Not understood: ${node.text}`);
  return found;
}
