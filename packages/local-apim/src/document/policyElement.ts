import type { Position } from "../refusal.ts";

/** Text of a policy file with the place where it begins. */
export interface PolicyText {
  readonly text: string;
  readonly at: Position;
}

/** An element of a policy file, as written: named values in place, expressions not yet compiled. */
export interface PolicyElement {
  readonly name: string;
  readonly at: Position;
  readonly attributes: ReadonlyMap<string, PolicyText>;
  readonly children: readonly PolicyElement[];
  /** The text directly in it, joined; undefined when there is only space. */
  readonly text: PolicyText | undefined;
}
