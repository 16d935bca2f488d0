import type { Member } from "../model/member.ts";
import type { Type } from "../model/type.ts";
import type { Value } from "../model/value.ts";
import type { Frame } from "../runtime/frame.ts";
import type { Lambda } from "../syntax/ast.ts";
import type { Scope } from "./scope.ts";

/** What a bound expression runs as. */
export type Code = (frame: Frame) => Value;

/** A place that can be read and assigned, its receiver and indexes evaluated once. */
export interface Place {
  readonly get: () => Value;
  readonly set: (value: Value) => void;
}

/** An expression with its static type. */
export interface Bound {
  readonly kind: "value";
  readonly at: number;
  readonly type: Type;
  readonly code: Code;
  /** Present when the compiler knows the value. */
  readonly constant?: { readonly value: Value };
  /** Present when it can be assigned. */
  readonly place?: (frame: Frame) => Place;
  /** The literal `default`, which takes any type. */
  readonly isDefault?: true;
}

/** A lambda, which has no type until something gives it one. Trial bindings are kept by parameter types. */
export interface BoundLambda {
  readonly kind: "lambda";
  readonly at: number;
  readonly syntax: Lambda;
  readonly scope: Scope;
  readonly inferred: Map<string, Type | Error>;
}

/** A name that stands for methods until it is called or converted to a delegate. */
export interface MethodGroup {
  readonly kind: "methods";
  readonly at: number;
  readonly name: string;
  readonly receiver: Bound | undefined;
  /** The type whose members the candidates are, for static calls and messages. */
  readonly owner: Type;
  readonly candidates: readonly OwnedMember[];
  readonly typeArguments: readonly Type[] | undefined;
}

/** A member as seen from a constructed type: the type arguments of its declaring type. */
export interface OwnedMember {
  readonly member: Member;
  readonly owner: Type;
}

export interface BoundType {
  readonly kind: "type";
  readonly at: number;
  readonly type: Type;
}

export interface BoundNamespace {
  readonly kind: "namespace";
  readonly at: number;
  readonly name: string;
}

/** An `out` argument: a declared type, or undefined for `out var` and discards. */
export interface BoundOut {
  readonly kind: "out";
  readonly at: number;
  readonly type: Type | undefined;
  /** Gives the code that stores into the place, once the parameter's type is known. */
  readonly store: (type: Type) => (frame: Frame, value: Value) => void;
}

export type Operand = Bound | BoundLambda | MethodGroup;
export type AnyBound = Operand | BoundType | BoundNamespace;
export type ArgumentValue = Operand | BoundOut;

export interface BoundArgument {
  readonly name: string | undefined;
  readonly value: ArgumentValue;
}
