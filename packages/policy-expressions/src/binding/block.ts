import { refuse } from "../errors.ts";
import { VOID } from "../model/type.ts";
import { type Frame, newFrame } from "../runtime/frame.ts";
import { Delegate } from "../runtime/objects.ts";
import type { Declaration, LocalFunction, Statement } from "../syntax/ast.ts";
import type { Binder, BoundStatement, Completion, StatementCode } from "./binder.ts";
import { arrayWith } from "./creation.ts";
import { enter } from "./lambda.ts";
import { requireValue } from "./make.ts";
import { Scope } from "./scope.ts";

/** Statements in a scope and a frame of their own. */
export function bindBlock(statements: readonly Statement[], parent: Scope, binder: Binder): BoundStatement {
  const scope = new Scope(parent);
  const { code, completes } = bindSequence(statements, scope, binder);
  return { code: (frame) => code(newFrame(frame)), completes };
}

/** Statements in a scope that exists already. Local functions are known before their declaration. */
export function bindSequence(statements: readonly Statement[], scope: Scope, binder: Binder): BoundStatement {
  const functions = statements
    .filter((statement) => statement.kind === "localFunction")
    .map((node) => declareFunction(node, scope, binder));
  scope.reserve(
    statements.flatMap((node) => (node.kind === "declaration" ? node.variables.map(({ name }) => name) : [])),
  );
  let completes = true;
  const codes: StatementCode[] = [];
  for (const statement of statements) {
    if (statement.kind === "localFunction") continue;
    const bound = binder.statement(statement, scope);
    codes.push(bound.code);
    completes = completes && bound.completes;
  }
  const starts = functions.map((define) => define());
  return {
    completes,
    code: (frame) => {
      for (const start of starts) start(frame);
      for (const code of codes) {
        frame.run.step();
        const completion = code(frame);
        if (completion !== undefined) return completion;
      }
      return undefined;
    },
  };
}

// A local function is a delegate in a variable. Its body is bound last: it may use what is declared after it.
function declareFunction(node: LocalFunction, scope: Scope, binder: Binder): () => (frame: Frame) => void {
  const returns = binder.type(node.returns);
  const isVoid = returns.key === VOID.key;
  const types = node.parameters.map((parameter) =>
    parameter.type === undefined
      ? refuse("a parameter needs a type", parameter.name, node.at)
      : binder.type(parameter.type),
  );
  const name = `${isVoid ? "Action" : "Func"}`;
  const type = binder.relations.registry.resolve(
    `System.${name}${types.length + (isVoid ? 0 : 1) === 0 ? "" : `\`${types.length + (isVoid ? 0 : 1)}`}`,
  );
  if (type === undefined) return refuse("too many parameters of a local function", node.name, node.at);
  const args = isVoid ? types : [...types, returns];
  const delegate = {
    kind: "named" as const,
    key: `${type.fullName}[${args.map((arg) => arg.key).join(",")}]`,
    name: type.fullName,
    args,
  };
  const { index } = scope.declare(node.name, delegate, node.at, { readOnly: true });
  return () => {
    const inner = new Scope(scope, { function: { returns, found: [] } });
    node.parameters.forEach((parameter, i) => {
      inner.declare(parameter.name, types[i] ?? returns, node.at);
    });
    const body = binder.functionBody(node, inner, returns);
    return (frame) => {
      frame.slots[index] = new Delegate(delegate, (...values) => enter(frame, values, body));
    };
  };
}

/** `T a = x, b;` into the scope. */
export function bindDeclaration(node: Declaration, scope: Scope, binder: Binder, readOnly = false): StatementCode {
  const codes = node.variables.map(({ at, name, value }): StatementCode => {
    if (node.type.name === "var" && node.type.args.length === 0) {
      if (node.type.ranks > 0 || node.type.nullable || node.variables.length > 1)
        refuse("'var' declares one variable", "var", node.at);
      if (value === undefined || value.kind === "arrayInitializer") return refuse("'var' needs a value", name, at);
      const initial = requireValue(binder.operand(value, scope));
      if (initial.type.kind === "special" || initial.type.key === VOID.key)
        refuse(`'${name}' gets no type from its value`, name, at);
      const { index } = scope.declare(name, initial.type, at, { readOnly });
      return (frame) => store(frame, index, initial.code(frame));
    }
    const type = binder.type(node.type);
    if (type.key === VOID.key) refuse("a variable cannot be void", name, at);
    if (value === undefined) {
      if (node.constant) refuse("a constant needs a value", name, at);
      const { index } = scope.declare(name, type, at);
      // Read before it is assigned is a compile error in C#; a frame used again must not show an older value.
      return (frame) => store(frame, index, undefined);
    }
    const element = type.args[0];
    const isArray = value.kind === "arrayInitializer" && type.kind === "array" && element !== undefined;
    const initial = isArray ? arrayWith(element, value.items, scope, at, binder) : binder.typed(value, type, scope);
    if (node.constant && initial.constant === undefined) refuse("a constant's value must be constant", name, at);
    const { index } = scope.declare(name, type, at, {
      readOnly,
      ...(node.constant && initial.constant ? { constant: initial.constant } : {}),
    });
    return (frame) => store(frame, index, initial.code(frame));
  });
  return (frame) => {
    for (const code of codes) code(frame);
    return undefined;
  };
}

function store(frame: Frame, index: number, value: Frame["slots"][number]): Completion {
  frame.slots[index] = value;
  return undefined;
}
