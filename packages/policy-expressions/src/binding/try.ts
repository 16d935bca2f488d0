import { refuse } from "../errors.ts";
import { BOOL, EXCEPTION } from "../model/type.ts";
import { ExceptionValue, NetException } from "../runtime/exception.ts";
import { type Frame, newFrame } from "../runtime/frame.ts";
import type { CatchClause, Try } from "../syntax/ast.ts";
import type { Binder, BoundStatement, Completion, StatementCode } from "./binder.ts";
import { bindSequence } from "./block.ts";
import { isInstance } from "./patterns.ts";
import { Scope } from "./scope.ts";

/** Name of the hidden variable that holds what a `catch` caught, for `throw;`. No identifier can be spelt so. */
const CAUGHT = "<caught>";

interface Handler {
  readonly handles: (exception: ExceptionValue, frame: Frame) => Frame | undefined;
  readonly code: StatementCode;
  readonly completes: boolean;
}

/** try/catch/finally. Only .NET exceptions are caught: limits and refusals pass through. */
export function bindTry(node: Try, scope: Scope, binder: Binder): BoundStatement {
  const body = binder.block(node.block, scope);
  const handlers = node.catches.map((clause) => bindCatch(clause, scope, binder));
  const last = node.finally && binder.block(node.finally, new Scope(scope, { breaks: false, continues: false }));
  const guarded: StatementCode = (frame) => {
    try {
      return body.code(frame);
    } catch (error) {
      if (!(error instanceof NetException)) throw error;
      for (const handler of handlers) {
        const inner = handler.handles(error.value, frame);
        if (inner !== undefined) return handler.code(inner);
      }
      throw error;
    }
  };
  const completes = (body.completes || handlers.some((handler) => handler.completes)) && (last?.completes ?? true);
  if (last === undefined) return { code: guarded, completes };
  return {
    completes,
    code: (frame): Completion => {
      let completion: Completion;
      try {
        completion = guarded(frame);
      } catch (error) {
        // A limit or a refusal ends the evaluation at once.
        if (error instanceof NetException) last.code(newFrame(frame));
        throw error;
      }
      last.code(newFrame(frame));
      return completion;
    },
  };
}

function bindCatch(clause: CatchClause, parent: Scope, binder: Binder): Handler {
  const type = clause.type === undefined ? EXCEPTION : binder.type(clause.type);
  if (!binder.relations.isSubtype(type, EXCEPTION)) refuse(`a ${type.key} cannot be caught`, type.key, clause.at);
  const scope = new Scope(parent, { function: parent.function, breaks: parent.breaks, continues: parent.continues });
  const hidden = `${CAUGHT}${depthOf(parent)}`;
  const caught = scope.declare(hidden, EXCEPTION, clause.at).index;
  const named = clause.name === undefined ? undefined : scope.declare(clause.name, type, clause.at).index;
  const when = clause.when && binder.typed(clause.when, BOOL, scope);
  const { code, completes } = bindSequence(clause.block.statements, scope, binder);
  return {
    completes,
    code,
    handles: (exception, frame) => {
      if (!isInstance(exception, type, binder.relations)) return undefined;
      const inner = newFrame(frame);
      inner.slots[caught] = exception;
      if (named !== undefined) inner.slots[named] = exception;
      return when === undefined || when.code(inner) === true ? inner : undefined;
    },
  };
}

function depthOf(scope: Scope): number {
  let depth = 0;
  while (scope.find(`${CAUGHT}${depth}`) !== undefined) depth++;
  return depth;
}

/** `throw;` */
export function bindRethrow(at: number, scope: Scope): BoundStatement {
  const depth = depthOf(scope) - 1;
  const found = scope.find(`${CAUGHT}${depth}`);
  if (found === undefined) return refuse("'throw;' outside a catch block", "throw", at);
  const { variable, hops } = found;
  return {
    completes: false,
    code: (frame) => {
      let holder: Frame | undefined = frame;
      for (let i = 0; i < hops; i++) holder = holder?.parent;
      const exception = holder?.slots[variable.index];
      if (exception instanceof ExceptionValue) throw new NetException(exception);
      throw new Error("a caught exception was expected");
    },
  };
}
