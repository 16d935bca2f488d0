import { ExpressionLimitError } from "../errors.ts";
import type { Contextual, Implementation, Native } from "../model/definition.ts";
import type { Member } from "../model/member.ts";
import type { Type } from "../model/type.ts";
import { NetObject, type Value } from "../model/value.ts";
import { NetArray, NetList } from "../runtime/collection.ts";
import type { Frame } from "../runtime/frame.ts";

/**
 * Runs what stands behind a signature. The only place where arguments lose their static types: the binder has checked them
 * against the signature that the implementation was declared with.
 */
export function invokeNative(
  member: Member,
  owner: readonly Type[],
  method: readonly Type[],
  frame: Frame,
  args: readonly Value[],
  access: "get" | "set" = "get",
): Value {
  const { run } = frame;
  run.step();
  const native = select(member.implementation, access);
  const callable = (typeof native === "function" ? native : native.withCall({ run, owner, method })) as (
    ...values: readonly Value[]
  ) => Value | undefined;
  try {
    const result = callable(...args) ?? null;
    if (typeof result === "string") run.allocate(result.length);
    else if (result instanceof NetObject && (result instanceof NetArray || result instanceof NetList))
      run.allocate(result.list.length);
    return result;
  } catch (error) {
    // A string or an array longer than JavaScript allows, or recursion deeper than its stack.
    if (error instanceof RangeError) throw new ExpressionLimitError("memory");
    throw error;
  }
}

function select(implementation: Implementation, access: "get" | "set"): Native | Contextual {
  if (implementation === "refused") throw new Error("a refused member was bound");
  return typeof implementation === "object" && "get" in implementation ? implementation[access] : implementation;
}
