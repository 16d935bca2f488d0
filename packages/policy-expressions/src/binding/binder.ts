import type { Relations } from "../model/relations.ts";
import type { Type } from "../model/type.ts";
import type { Value } from "../model/value.ts";
import type { Frame } from "../runtime/frame.ts";
import type { Block, Expression, Lambda, Statement, TypeSyntax } from "../syntax/ast.ts";
import type { AnyBound, ArgumentValue, Bound, BoundLambda, Code, MethodGroup, Operand } from "./bound.ts";
import type { Scope } from "./scope.ts";

/** How a statement ends: normally, or by leaving a loop, or with a result. */
export type Completion = undefined | "break" | "continue" | { readonly result: Value };
export type StatementCode = (frame: Frame) => Completion;

export interface BoundStatement {
  readonly code: StatementCode;
  /** Whether control can reach what follows. */
  readonly completes: boolean;
}

/** An implicit or explicit conversion: what it yields, and how it ranks. */
export interface Conversion {
  readonly kind:
    | "identity"
    | "numeric"
    | "constant"
    | "reference"
    | "nullable"
    | "user"
    | "lambda"
    | "methods"
    | "default";
  readonly apply: (value: Operand) => Bound;
}

/** The parts of the binder that call each other, so that their files need not import each other. */
export interface Binder {
  readonly relations: Relations;
  type(syntax: TypeSyntax): Type;
  any(node: Expression, scope: Scope): AnyBound;
  /** An expression with a value or one that may yet get a type (lambda, method group). */
  operand(node: Expression, scope: Scope): Operand;
  /** An expression that has a type of its own. */
  value(node: Expression, scope: Scope): Bound;
  /** An expression converted to a type, or a refusal. */
  typed(node: Expression, type: Type, scope: Scope): Bound;
  /** The implicit conversion, if there is one. */
  implicit(from: ArgumentValue, to: Type): Conversion | undefined;
  implicitType(from: Type, to: Type): boolean;
  convert(value: Operand, to: Type, at: number): Bound;
  cast(value: Operand, to: Type, at: number, checked?: boolean): Bound;
  /** The body of a lambda with parameters of these types: its natural result type. */
  inferLambda(lambda: BoundLambda, parameters: readonly Type[]): Type;
  bindLambda(lambda: BoundLambda, parameters: readonly Type[], returns: Type, delegate: Type): Bound;
  functionBody(syntax: Pick<Lambda, "body">, scope: Scope, returns: Type): Code;
  /** `invoked`: a call follows, so that what cannot be called is passed over. */
  member(
    target: AnyBound,
    name: string,
    typeArgs: readonly TypeSyntax[] | undefined,
    at: number,
    invoked?: boolean,
  ): AnyBound;
  call(target: Operand, args: readonly { name: string | undefined; value: ArgumentValue }[], at: number): Bound;
  /** The method a group means when called with arguments of these types, for inference and conversion to a delegate. */
  resolveGroup(
    group: MethodGroup,
    parameters: readonly Type[],
  ): { readonly returns: Type; readonly invoke: (frame: Frame, args: readonly Value[], receiver: Value) => Value };
  block(node: Block, scope: Scope): BoundStatement;
  statement(node: Statement, scope: Scope): BoundStatement;
}
