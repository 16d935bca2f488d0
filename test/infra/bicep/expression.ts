import type { Node } from "web-tree-sitter";
import { children, parts } from "./parse.ts";

/** An expression with its operators in Bicep's order. A `leaf` is all that has no operator of its own: literals, names. */
export type Expression =
  | { readonly kind: "leaf"; readonly node: Node }
  | { readonly kind: "call"; readonly name: string; readonly given: readonly Expression[] }
  | { readonly kind: "member"; readonly of: Expression; readonly name: string; readonly optional: boolean }
  | { readonly kind: "nested"; readonly of: Expression; readonly name: string }
  | { readonly kind: "element"; readonly of: Expression; readonly index: Expression }
  | { readonly kind: "not"; readonly of: Expression }
  | { readonly kind: "binary"; readonly operator: string; readonly left: Expression; readonly right: Expression }
  | {
      readonly kind: "conditional";
      readonly when: Expression;
      readonly then: Expression;
      readonly otherwise: Expression;
    }
  | { readonly kind: "lambda"; readonly names: readonly string[]; readonly body: Expression };

type Token = Node | string | { readonly head: readonly string[] } | ((of: Expression) => Expression);

/** From the loosest to the tightest. */
const OPERATORS = [["??"], ["||"], ["&&"], ["==", "!="], ["<", "<=", ">", ">="], ["+", "-"], ["*", "/", "%"]];

/**
 * The grammar gives all operators one precedence: it takes `a ? b : c.d` for `(a ? b : c).d`. So its tree is read as the
 * row of tokens it was made of, and those are put in order here.
 */
export function expression(node: Node): Expression {
  const rest = tokens(node);
  const found = conditional(rest);
  if (rest.length > 0) throw new Error(`Not understood: ${node.text}`);
  return found;
}

function tokens(node: Node): Token[] {
  const [first, second, third] = parts(node);
  if (first === undefined) return [node];
  switch (node.type) {
    case "ternary_expression":
      return [...tokens(first), "?", ...tokens(known(second, node)), ":", ...tokens(known(third, node))];
    case "binary_expression": {
      const sign = known(
        children(node).find((child) => !child.isNamed),
        node,
      ).type;
      return [...tokens(first), sign, ...tokens(known(second, node))];
    }
    case "unary_expression":
      return ["!", ...tokens(first)];
    case "nullable_type": // The grammar's word for `value!`, which changes no value.
      return tokens(first);
    case "lambda_expression": {
      const head = first.type === "identifier" ? [first.text] : parts(first).map(({ text }) => text);
      return [{ head }, ...tokens(known(second, node))];
    }
    case "member_expression": {
      const optional = children(node).some(({ type }) => type === ".?");
      const { text: name } = known(second, node);
      return [...tokens(first), (of) => ({ kind: "member", of, name, optional })];
    }
    case "resource_expression": {
      const { text: name } = known(second, node);
      return [...tokens(first), (of) => ({ kind: "nested", of, name })];
    }
    case "subscript_expression": {
      const index = expression(known(second, node));
      return [...tokens(first), (of) => ({ kind: "element", of, index })];
    }
    case "call_expression": {
      const given = second === undefined ? [] : parts(second).map(expression);
      return [...tokens(first), (of) => called(of, given)];
    }
    default:
      return [node];
  }
}

function called(of: Expression, given: readonly Expression[]): Expression {
  if (of.kind !== "leaf") throw new Error("Only a name can be called.");
  return { kind: "call", name: of.node.text, given };
}

function conditional(rest: Token[]): Expression {
  const [first] = rest;
  if (typeof first === "object" && "head" in first) {
    rest.shift();
    return { kind: "lambda", names: first.head, body: conditional(rest) };
  }
  const when = binary(rest, 0);
  if (rest[0] !== "?") return when;
  rest.shift();
  const then = conditional(rest);
  if (rest.shift() !== ":") throw new Error("A conditional without its other branch.");
  return { kind: "conditional", when, then, otherwise: conditional(rest) };
}

function binary(rest: Token[], level: number): Expression {
  const operators = OPERATORS[level];
  if (operators === undefined) return unary(rest);
  let left = binary(rest, level + 1);
  for (let [next] = rest; typeof next === "string" && operators.includes(next); [next] = rest) {
    rest.shift();
    left = { kind: "binary", operator: next, left, right: binary(rest, level + 1) };
  }
  return left;
}

function unary(rest: Token[]): Expression {
  const first = rest.shift();
  if (first === "!") return { kind: "not", of: unary(rest) };
  if (typeof first !== "object" || "head" in first) throw new Error(`An operand was expected, not ${String(first)}.`);
  let of: Expression = { kind: "leaf", node: first };
  for (let [next] = rest; typeof next === "function"; [next] = rest) {
    rest.shift();
    of = next(of);
  }
  return of;
}

function known<T>(found: T | undefined, node: Node): T {
  if (found === undefined) throw new Error(`Not understood: ${node.text}`);
  return found;
}
