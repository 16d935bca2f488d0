import { refuse } from "../errors.ts";
import type { Binder } from "./binder.ts";
import type { Bound, BoundArgument, MethodGroup, OwnedMember } from "./bound.ts";
import { buildCall } from "./invocation.ts";
import { chooseOverload } from "./overload.ts";

/**
 * The call of the overload that fits: a method of the type's own or, where none does, of the nearest extension class.
 * `receiver` is what the group's methods are called on.
 */
export function callGroup(
  group: MethodGroup,
  args: readonly BoundArgument[],
  receiver: Bound | undefined,
  binder: Binder,
): Bound {
  const { name, at, typeArguments } = group;
  const extensions = receiver === undefined ? [] : binder.relations.registry.extensionMethods(name);
  const own = chooseOverload(
    group.candidates,
    args,
    typeArguments,
    { name, at, optional: extensions.length > 0 },
    binder,
  );
  if (own !== undefined) return buildCall(own, args, receiver, at, binder);
  const withReceiver = receiver === undefined ? args : [{ name: undefined, value: receiver }, ...args];
  for (const [i, near] of extensions.entries()) {
    const candidates: OwnedMember[] = near.map((member) => ({ member, owner: member.declaringType }));
    const chosen = chooseOverload(
      candidates,
      withReceiver,
      typeArguments,
      { name, at, optional: i < extensions.length - 1 },
      binder,
    );
    if (chosen !== undefined) return buildCall(chosen, withReceiver, undefined, at, binder);
  }
  return refuse(`no overload of '${name}' fits`, name, at);
}
