import { refuse } from "../errors.ts";
import type { Expression, Pattern } from "../syntax/ast.ts";
import { assign, type Branches, declare, join, type State } from "./state.ts";

/** Walks the body of a lambda that is a block; the statements' file supplies it, as the two refer to each other. */
export type WalkBlock = (
  node: Extract<Expression, { kind: "lambda" }>["body"] & { kind: "block" },
  state: State,
) => void;

/** Variables an expression declares (`out var x`, `is T x`), not those of lambdas in it. */
export function declaredIn(node: unknown): string[] {
  if (Array.isArray(node)) return node.flatMap(declaredIn);
  if (typeof node !== "object" || node === null) return [];
  const syntax = node as { readonly kind?: string; readonly name?: string };
  if (syntax.kind === "lambda" || syntax.kind === "block") return [];
  const own =
    (syntax.kind === "outDeclaration" || syntax.kind === "declaration" || syntax.kind === "var") &&
    syntax.name !== undefined
      ? [syntax.name]
      : [];
  return [...own, ...Object.values(node).flatMap(declaredIn)];
}

/** The state after an expression; refuses the use of an unassigned variable. */
export function walk(node: Expression, state: State, block: WalkBlock): State {
  switch (node.kind) {
    case "name":
      if (state?.has(node.name)) refuse(`use of unassigned local variable '${node.name}'`, node.name, node.at);
      return state;
    case "assign":
      if (node.operator === "=" && node.target.kind === "name")
        return assign(walk(node.value, state, block), node.target.name);
      return walk(node.value, walk(node.target, state, block), block);
    case "call":
    case "new":
    case "index":
      return walkArguments(node, state, block);
    case "conditionalAccess": {
      const after = walk(node.target, state, block);
      walk(node.whenNotNull, after, block);
      return after;
    }
    case "lambda":
      walkLambda(node, state, block);
      return state;
    case "throw":
      walk(node.value, state, block);
      return undefined;
    case "query":
      return state;
    case "is":
    case "conditional": {
      const { whenTrue, whenFalse } = branch(node, state, block);
      return join(whenTrue, whenFalse);
    }
    case "unary":
    case "binary":
      if (node.kind === "binary" && node.operator === "??") {
        const after = walk(node.left, state, block);
        walk(node.right, after, block);
        return after;
      }
      if (isLogical(node)) {
        const { whenTrue, whenFalse } = branch(node, state, block);
        return join(whenTrue, whenFalse);
      }
      return walkChildren(node, state, block);
    default:
      return walkChildren(node, state, block);
  }
}

function isLogical(node: Expression): boolean {
  return (
    (node.kind === "binary" && (node.operator === "&&" || node.operator === "||")) ||
    (node.kind === "unary" && node.operator === "!")
  );
}

function walkLambda(node: Extract<Expression, { kind: "lambda" }>, outer: State, block: WalkBlock): void {
  const state = assign(outer, ...node.parameters.map((parameter) => parameter.name));
  if (node.body.kind === "block") block(node.body, state);
  else walk(node.body, declare(state, ...declaredIn(node.body)), block);
}

// `out` arguments are assigned when the call has returned.
function walkArguments(
  node: Extract<Expression, { kind: "call" | "new" | "index" }>,
  before: State,
  block: WalkBlock,
): State {
  let state = node.kind === "new" ? before : walk(node.target, before, block);
  const assigned: string[] = [];
  for (const { modifier, value } of node.args) {
    if (modifier === "out" && (value.kind === "outDeclaration" || value.kind === "name")) assigned.push(value.name);
    else state = walk(value, state, block);
  }
  if (node.kind === "new" && node.initializer !== undefined) state = walkChildren(node.initializer, state, block);
  return assign(state, ...assigned);
}

// Parts in the order they are written, which is the order they are evaluated in.
function walkChildren(node: unknown, before: State, block: WalkBlock): State {
  let state = before;
  for (const child of Array.isArray(node) ? node : Object.values(node as object)) {
    if (typeof child !== "object" || child === null) continue;
    const isExpression = "kind" in child && "at" in child && !["member", "index", "add"].includes(String(child.kind));
    state =
      isExpression || isMember(child) ? walk(child as Expression, state, block) : walkChildren(child, state, block);
  }
  return state;
}

// "member" and "index" are also kinds of initialiser items, which have no target.
function isMember(child: object): boolean {
  return "kind" in child && (child.kind === "member" || child.kind === "index") && "target" in child;
}

/** The states after a condition, for each of its outcomes. */
export function branch(node: Expression, state: State, block: WalkBlock): Branches {
  switch (node.kind) {
    case "literal":
      if (node.type === "bool")
        return node.value === 1 ? { whenTrue: state, whenFalse: undefined } : { whenTrue: undefined, whenFalse: state };
      break;
    case "parenthesized":
      return branch(node.value, state, block);
    case "unary":
      if (node.operator === "!") {
        const { whenTrue, whenFalse } = branch(node.value, state, block);
        return { whenTrue: whenFalse, whenFalse: whenTrue };
      }
      break;
    case "binary":
      if (node.operator === "&&") {
        const left = branch(node.left, state, block);
        const right = branch(node.right, left.whenTrue, block);
        return { whenTrue: right.whenTrue, whenFalse: join(left.whenFalse, right.whenFalse) };
      }
      if (node.operator === "||") {
        const left = branch(node.left, state, block);
        const right = branch(node.right, left.whenFalse, block);
        return { whenTrue: join(left.whenTrue, right.whenTrue), whenFalse: right.whenFalse };
      }
      break;
    case "conditional": {
      const test = branch(node.test, state, block);
      const a = branch(node.whenTrue, test.whenTrue, block);
      const b = branch(node.whenFalse, test.whenFalse, block);
      return { whenTrue: join(a.whenTrue, b.whenTrue), whenFalse: join(a.whenFalse, b.whenFalse) };
    }
    case "is": {
      const after = walk(node.value, state, block);
      const names = patternNames(node.pattern);
      return { whenTrue: assign(after, ...names), whenFalse: declare(after, ...names) };
    }
    default:
  }
  const after = walk(node, state, block);
  return { whenTrue: after, whenFalse: after };
}

export function patternNames(pattern: Pattern): string[] {
  return pattern.kind !== "constant" && pattern.name !== undefined ? [pattern.name] : [];
}
