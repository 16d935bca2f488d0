import type { Type } from "../model/type.ts";
import type { OwnedMember } from "./bound.ts";

/** A candidate that fits the arguments. */
export interface Applicable {
  readonly owned: OwnedMember;
  readonly typeArguments: readonly Type[];
  /** The argument at each place of the call, and the type it is converted to. */
  readonly targets: readonly { readonly argument: number; readonly parameter: number; readonly type: Type }[];
  readonly expanded: boolean;
}
