import { refuse } from "../errors.ts";
import { BOOL, EXCEPTION, OBJECT, VOID } from "../model/type.ts";
import { newFrame } from "../runtime/frame.ts";
import type { Statement } from "../syntax/ast.ts";
import type { Binder, BoundStatement, StatementCode } from "./binder.ts";
import { bindBlock, bindDeclaration } from "./block.ts";
import { bindThrow } from "./expression.ts";
import { bindDo, bindFor, bindForEach, bindWhile } from "./loops.ts";
import { requireValue } from "./make.ts";
import { Scope } from "./scope.ts";
import { bindSwitch } from "./switch.ts";
import { bindRethrow, bindTry } from "./try.ts";

export function bindStatement(node: Statement, scope: Scope, binder: Binder): BoundStatement {
  switch (node.kind) {
    case "block":
      return bindBlock(node.statements, scope, binder);
    case "declaration":
      return { code: bindDeclaration(node, scope, binder), completes: true };
    case "expression": {
      const { code } = requireValue(binder.any(node.value, scope));
      return {
        code: (frame) => {
          code(frame);
          return undefined;
        },
        completes: true,
      };
    }
    case "if":
      return bindIf(node, scope, binder);
    case "for":
      return bindFor(node, scope, binder);
    case "foreach":
      return bindForEach(node, scope, binder);
    case "while":
      return bindWhile(node, scope, binder);
    case "do":
      return bindDo(node, scope, binder);
    case "switch":
      return bindSwitch(node, scope, binder);
    case "try":
      return bindTry(node, scope, binder);
    case "using":
      return bindUsing(node, scope, binder);
    case "return":
      return bindReturn(node, scope, binder);
    case "throwStatement":
      return node.value === undefined ? bindRethrow(node.at, scope) : throwing(node.value, scope, binder);
    case "break":
    case "continue":
      return bindJump(node, scope);
    case "empty":
      return { code: () => undefined, completes: true };
    default:
      return refuse("a local function is not possible here", node.kind, node.at);
  }
}

type Node<K extends Statement["kind"]> = Extract<Statement, { kind: K }>;

function throwing(value: Node<"throwStatement">["value"] & object, scope: Scope, binder: Binder): BoundStatement {
  const { code } = bindThrow(binder.typed(value, EXCEPTION, scope), value.at);
  return {
    code: (frame) => {
      code(frame);
      return undefined;
    },
    completes: false,
  };
}

// Variables declared in the condition belong to the enclosing block: `if (!int.TryParse(s, out var n)) return; use(n);`
function bindIf(node: Node<"if">, scope: Scope, binder: Binder): BoundStatement {
  const test = binder.typed(node.test, BOOL, scope);
  const then = embedded(node.then, scope, binder);
  const otherwise = node.otherwise && embedded(node.otherwise, scope, binder);
  const code: StatementCode = (frame) => (test.code(frame) === true ? then.code(frame) : otherwise?.code(frame));
  const known = test.constant?.value;
  const completes =
    known === true
      ? then.completes
      : known === false
        ? (otherwise?.completes ?? true)
        : then.completes || (otherwise?.completes ?? true);
  return { code, completes };
}

/** A statement below another one: a declaration may not stand there, and what it declares stays there. */
export function embedded(node: Statement, scope: Scope, binder: Binder): BoundStatement {
  if (node.kind === "declaration" || node.kind === "localFunction")
    refuse("a declaration needs a block around it", node.kind, node.at);
  return node.kind === "block" ? binder.statement(node, scope) : bindBlock([node], scope, binder);
}

function bindReturn(node: Node<"return">, scope: Scope, binder: Binder): BoundStatement {
  const { returns, found } = scope.function;
  if (node.value === undefined) {
    if (returns !== undefined && returns.key !== VOID.key) refuse("'return' needs a value", "return", node.at);
    if (returns === undefined) found.push(VOID);
    return { code: () => ({ result: null }), completes: false };
  }
  if (returns?.key === VOID.key) refuse("nothing can be returned here", "return", node.at);
  const operand = binder.operand(node.value, scope);
  if (returns === undefined) {
    const type = operand.kind === "value" ? operand.type : OBJECT;
    found.push(type);
    return { code: () => undefined, completes: false };
  }
  const { code } = binder.convert(operand, returns, node.at);
  return { code: (frame) => ({ result: code(frame) }), completes: false };
}

function bindJump(node: Node<"break" | "continue">, scope: Scope): BoundStatement {
  const allowed = node.kind === "break" ? scope.breaks : scope.continues;
  if (!allowed) refuse(`'${node.kind}' outside a loop`, node.kind, node.at);
  return { code: () => node.kind, completes: false };
}

// Nothing among the allowed types has an effect on being disposed.
function bindUsing(node: Node<"using">, parent: Scope, binder: Binder): BoundStatement {
  const scope = new Scope(parent);
  const resource =
    node.resource.kind === "declaration"
      ? bindDeclaration(node.resource, scope, binder, true)
      : expressionCode(node.resource, scope, binder);
  const body = embedded(node.body, scope, binder);
  return {
    code: (frame) => {
      const inner = newFrame(frame);
      resource(inner);
      return body.code(inner);
    },
    completes: body.completes,
  };
}

function expressionCode(node: Parameters<Binder["value"]>[0], scope: Scope, binder: Binder): StatementCode {
  const { code } = binder.value(node, scope);
  return (frame) => {
    code(frame);
    return undefined;
  };
}
