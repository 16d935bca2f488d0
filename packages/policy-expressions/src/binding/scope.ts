import { refuse } from "../errors.ts";
import type { Type } from "../model/type.ts";
import type { Value } from "../model/value.ts";
import type { Frame } from "../runtime/frame.ts";

export interface Variable {
  readonly type: Type;
  readonly index: number;
  readonly constant: { readonly value: Value } | undefined;
  /** foreach and using variables, query ranges. */
  readonly readOnly: boolean;
}

/** What a `return` in this function gives. Without a type it is collected, for inference. */
export interface FunctionContext {
  readonly returns: Type | undefined;
  readonly found: Type[];
}

/** The names of one block. Each block that runs has a frame; nesting of scopes is nesting of frames. */
export class Scope {
  readonly parent: Scope | undefined;
  readonly function: FunctionContext;
  /** Whether `break` and `continue` have something to leave here. */
  readonly breaks: boolean;
  readonly continues: boolean;
  private readonly names = new Map<string, Variable>();
  private readonly reserved = new Set<string>();
  private size = 0;

  constructor(
    parent: Scope | undefined,
    options: { function?: FunctionContext; breaks?: boolean; continues?: boolean } = {},
  ) {
    this.parent = parent;
    const newFunction = options.function !== undefined;
    this.function = options.function ?? parent?.function ?? { returns: undefined, found: [] };
    this.breaks = options.breaks ?? (newFunction ? false : (parent?.breaks ?? false));
    this.continues = options.continues ?? (newFunction ? false : (parent?.continues ?? false));
  }

  /** Declares a variable. C# forbids hiding a local of an enclosing block or function. */
  declare(
    name: string,
    type: Type,
    at: number,
    options: { constant?: { value: Value }; readOnly?: boolean } = {},
  ): Variable {
    const taken = this.names.has(name) || this.isReservedOutside(name) || this.parent?.find(name) !== undefined;
    if (taken || name === "context") refuse(`a variable named '${name}' is already declared`, name, at);
    const variable: Variable = {
      type,
      index: this.size++,
      constant: options.constant,
      readOnly: options.readOnly ?? false,
    };
    this.names.set(name, variable);
    return variable;
  }

  /** Names that will be declared later in this block: they are taken in all of it. */
  reserve(names: readonly string[]): void {
    for (const name of names) this.reserved.add(name);
  }

  private isReservedOutside(name: string): boolean {
    for (let scope = this.parent; scope !== undefined; scope = scope.parent) if (scope.reserved.has(name)) return true;
    return false;
  }

  /** A slot without a name. */
  hidden(): number {
    return this.size++;
  }

  find(name: string): { readonly variable: Variable; readonly hops: number } | undefined {
    let hops = 0;
    for (let scope: Scope | undefined = this; scope !== undefined; scope = scope.parent) {
      const variable = scope.names.get(name);
      if (variable !== undefined) return { variable, hops };
      if (scope.reserved.has(name)) return undefined;
      hops++;
    }
    return undefined;
  }
}

export function frameAt(frame: Frame, hops: number): Frame {
  let found = frame;
  for (let i = 0; i < hops; i++) {
    if (found.parent === undefined) throw new Error("scopes and frames do not nest alike");
    found = found.parent;
  }
  return found;
}
