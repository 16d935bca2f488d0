import type { Block, Expression, Statement } from "../syntax/ast.ts";
import { branch, declaredIn, patternNames, walk } from "./expressionFlow.ts";
import { assign, type Branches, declare, join, type State } from "./state.ts";

/** Where `break` and `continue` of the innermost loop or switch were met. */
interface Jumps {
  readonly breaks: State[];
  readonly continues: State[];
}

type Node<K extends Statement["kind"]> = Extract<Statement, { kind: K }>;

/** Definite assignment (C# 7.3, §9.4): refuses a body that reads a local variable before it surely has a value. */
export function requireAssigned(body: Expression | Block): void {
  const none: State = new Set();
  if (body.kind === "block") statements(body.statements, none, { breaks: [], continues: [] });
  else expression(body, none);
}

function expression(node: Expression, state: State): State {
  return walk(node, declare(state, ...declaredIn(node)), lambdaBlock);
}

function condition(node: Expression, state: State): Branches {
  return branch(node, declare(state, ...declaredIn(node)), lambdaBlock);
}

function lambdaBlock(node: Block, state: State): void {
  statements(node.statements, state, { breaks: [], continues: [] });
}

function statements(list: readonly Statement[], start: State, jumps: Jumps): State {
  return list.reduce((state, statement) => step(statement, state, jumps), start);
}

function step(node: Statement, state: State, jumps: Jumps): State {
  switch (node.kind) {
    case "block":
      return statements(node.statements, state, jumps);
    case "declaration":
      return node.variables.reduce(
        (before: State, { name, value }) =>
          value === undefined ? declare(before, name) : assign(expression(value, before), name),
        state,
      );
    case "localFunction":
      return assign(state, node.name);
    case "expression":
      return expression(node.value, state);
    case "if": {
      const { whenTrue, whenFalse } = condition(node.test, state);
      return join(
        step(node.then, whenTrue, jumps),
        node.otherwise === undefined ? whenFalse : step(node.otherwise, whenFalse, jumps),
      );
    }
    case "while":
    case "do":
    case "for":
    case "foreach":
      return loop(node, state);
    case "switch":
      return choice(node, state, jumps);
    case "try":
      return guarded(node, state, jumps);
    case "using": {
      const { resource } = node;
      return step(
        node.body,
        resource.kind === "declaration" ? step(resource, state, jumps) : expression(resource, state),
        jumps,
      );
    }
    case "return":
    case "throwStatement":
      if (node.value !== undefined) expression(node.value, state);
      return undefined;
    case "break":
      jumps.breaks.push(state);
      return undefined;
    case "continue":
      jumps.continues.push(state);
      return undefined;
    default:
      return state;
  }
}

function loop(node: Node<"while" | "do" | "for" | "foreach">, state: State): State {
  const jumps: Jumps = { breaks: [], continues: [] };
  switch (node.kind) {
    case "while": {
      const { whenTrue, whenFalse } = condition(node.test, state);
      step(node.body, whenTrue, jumps);
      return join(whenFalse, ...jumps.breaks);
    }
    case "do": {
      const end = join(step(node.body, state, jumps), ...jumps.continues);
      return join(condition(node.test, end).whenFalse, ...jumps.breaks);
    }
    case "foreach": {
      const start = expression(node.source, state);
      step(node.body, assign(start, node.name), jumps);
      return join(start, ...jumps.breaks);
    }
    default: {
      const { initial } = node;
      const start =
        "kind" in initial
          ? step(initial, state, jumps)
          : initial.reduce((before: State, part) => expression(part, before), state);
      const { whenTrue, whenFalse } =
        node.test === undefined ? { whenTrue: start, whenFalse: undefined } : condition(node.test, start);
      const end = join(step(node.body, whenTrue, jumps), ...jumps.continues);
      for (const part of node.step) expression(part, end);
      return join(whenFalse, ...jumps.breaks);
    }
  }
}

function choice(node: Node<"switch">, before: State, outer: Jumps): State {
  const start = expression(node.value, before);
  const jumps: Jumps = { breaks: [], continues: outer.continues };
  for (const { labels, statements: body } of node.sections) {
    // With several labels none of their variables is sure to be assigned.
    const names = labels.flatMap(({ pattern }) => (pattern === undefined ? [] : patternNames(pattern)));
    const entry = labels.length > 1 ? declare(start, ...names) : assign(start, ...names);
    const guards = labels.map(({ when }) => (when === undefined ? entry : condition(when, entry).whenTrue));
    statements(body, join(...guards), jumps);
  }
  const exhaustive = node.sections.some(({ labels }) => labels.some(({ pattern }) => pattern === undefined));
  return join(...jumps.breaks, exhaustive ? undefined : start);
}

function guarded(node: Node<"try">, state: State, jumps: Jumps): State {
  const ends = [step(node.block, state, jumps)];
  for (const clause of node.catches) {
    const entry = clause.name === undefined ? state : assign(state, clause.name);
    const guard = clause.when === undefined ? entry : condition(clause.when, entry).whenTrue;
    ends.push(step(clause.block, guard, jumps));
  }
  const after = join(...ends);
  if (node.finally === undefined) return after;
  const last = step(node.finally, state, jumps);
  return last === undefined || after === undefined ? undefined : new Set([...after].filter((name) => last.has(name)));
}
