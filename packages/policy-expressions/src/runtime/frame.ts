import { ExpressionLimitError } from "../errors.ts";
import type { RunLimits } from "../model/definition.ts";
import type { Type } from "../model/type.ts";
import type { Value } from "../model/value.ts";

/** Steps one evaluation may take: far more than a policy needs, and over within a second. */
const MAX_STEPS = 1_000_000;
/** Characters and items one evaluation may make, in all. */
const MAX_ALLOCATED = 32_000_000;
/** Calls inside calls. JavaScript's own stack holds several times as many. */
const MAX_DEPTH = 400;

/** What the implementations ask about types. */
type TypeQuestions = Pick<RunLimits, "defaultOf" | "isInstance">;

/** One evaluation: its clock, its `context`, and what it has used of its bounds. */
export class Run implements RunLimits {
  readonly now: () => number;
  readonly context: Value;
  private readonly types: TypeQuestions;
  private steps = 0;
  private allocated = 0;
  private depth = 0;

  constructor(context: Value, now: () => number, types: TypeQuestions) {
    this.context = context;
    this.types = types;
    this.now = now;
  }

  defaultOf(type: Type): Value {
    return this.types.defaultOf(type);
  }

  isInstance(value: Value, type: Type): boolean {
    return this.types.isInstance(value, type);
  }

  step(count = 1): void {
    this.steps += count;
    if (this.steps > MAX_STEPS) throw new ExpressionLimitError(`${MAX_STEPS} steps`);
  }

  allocate(count: number): void {
    this.allocated += count;
    if (this.allocated > MAX_ALLOCATED) throw new ExpressionLimitError(`${MAX_ALLOCATED} characters and items`);
  }

  nested<T>(call: () => T): T {
    if (++this.depth > MAX_DEPTH) throw new ExpressionLimitError(`${MAX_DEPTH} nested calls`);
    try {
      return call();
    } finally {
      this.depth--;
    }
  }
}

/** The variables of one block while it runs. A lambda keeps the frame it was made in. */
export interface Frame {
  /** Undefined: declared, but not assigned yet. */
  readonly slots: (Value | undefined)[];
  readonly parent: Frame | undefined;
  readonly run: Run;
}

export function newFrame(parent: Frame): Frame {
  return { slots: [], parent, run: parent.run };
}
