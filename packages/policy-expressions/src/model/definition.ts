import type { Type } from "./type.ts";
import type { Value } from "./value.ts";

/**
 * What runs behind a signature. Arguments come as the signature says (the binder has converted them), the receiver of an
 * instance member first. `never[]` lets each implementation state its own parameter types.
 */
export type Native = ((...args: never[]) => Value | undefined) | ((...args: never[]) => void);

/** What an implementation may know beyond its arguments. */
export interface Call {
  readonly run: RunLimits;
  /** Type arguments of the method. */
  readonly method: readonly Type[];
  /** Type arguments of the type the member belongs to. */
  readonly owner: readonly Type[];
}

/** The bounds and the clock of one evaluation. */
export interface RunLimits {
  /** Counts steps; throws ExpressionLimitError when there are too many. */
  step(count?: number): void;
  /** Counts characters or items made; throws ExpressionLimitError when there are too many. */
  allocate(count: number): void;
  /** Milliseconds since the epoch, in UTC. */
  readonly now: () => number;
  /** default(T). */
  defaultOf(type: Type): Value;
  /** Whether `value is T`. */
  isInstance(value: Value, type: Type): boolean;
}

export interface Contextual {
  readonly withCall: (call: Call) => Native;
}

/** A property or an indexer that can be assigned. */
export interface Settable {
  readonly get: Native | Contextual;
  readonly set: Native | Contextual;
}

export type Implementation = Native | Contextual | Settable | "refused";

/** C# signature to implementation: `"int IndexOf(string value, int startIndex)": (self, value, start) => ...`. */
export type MemberTable = Readonly<Record<string, Implementation>>;

export interface TypeDefinition {
  readonly namespace: string;
  /** Name as written in C#, with type parameters: "Dictionary<TKey, TValue>". */
  readonly name: string;
  readonly kind: "class" | "struct" | "interface" | "enum" | "delegate" | "static";
  /** Base class as written in C#; System.Object when left out. */
  readonly base?: string;
  readonly interfaces?: readonly string[];
  readonly members?: MemberTable;
  /** Members of an enum. */
  readonly values?: Readonly<Record<string, number>>;
  /** Declared [Flags]: several values join with commas. */
  readonly flags?: boolean;
  /** Type parameters that are covariant (interfaces) by position. */
  readonly covariant?: boolean;
  /** Exists as the type of a value, but is not on the documented list: it cannot be named. */
  readonly unlisted?: boolean;
}

export function withCall(make: (call: Call) => Native): Contextual {
  return { withCall: make };
}
