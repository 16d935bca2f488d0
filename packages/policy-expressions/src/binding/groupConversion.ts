import { refuse } from "../errors.ts";
import { type Type, VOID } from "../model/type.ts";
import type { Value } from "../model/value.ts";
import type { Frame } from "../runtime/frame.ts";
import { Delegate } from "../runtime/objects.ts";
import type { Binder } from "./binder.ts";
import type { Bound, BoundArgument, MethodGroup } from "./bound.ts";
import { bound } from "./make.ts";
import { callGroup } from "./methodGroupCall.ts";

/** What a method group does when called with arguments of these types. */
export function resolveGroup(group: MethodGroup, parameters: readonly Type[], binder: Binder) {
  // The arguments and the receiver travel in a frame of their own.
  const args: BoundArgument[] = parameters.map((type, i) => ({
    name: undefined,
    value: bound(type, (frame) => frame.slots[i] ?? null, group.at),
  }));
  const receiverSlot = parameters.length;
  const receiver = group.receiver && bound(group.receiver.type, (frame) => frame.slots[receiverSlot] ?? null, group.at);
  const call = callGroup(group, args, receiver, binder);
  return {
    returns: call.type,
    invoke: (frame: Frame, values: readonly Value[], self: Value): Value =>
      call.code({ slots: [...values, self], parent: undefined, run: frame.run }),
  };
}

export function groupToDelegate(
  group: MethodGroup,
  delegate: { readonly parameters: readonly Type[]; readonly returns: Type },
  type: Type,
  binder: Binder,
): Bound {
  const { returns, invoke } = resolveGroup(group, delegate.parameters, binder);
  const fits =
    delegate.returns.key === VOID.key ||
    (binder.relations.isSubtype(returns, delegate.returns) &&
      (returns.key === delegate.returns.key || !binder.relations.isValueType(returns)));
  if (!fits) return refuse(`'${group.name}' has the wrong return type`, group.name, group.at);
  const receiver = group.receiver?.code;
  return bound(
    type,
    (frame) => {
      const self = receiver === undefined ? null : receiver(frame);
      return new Delegate(type, (...args) => invoke(frame, args, self));
    },
    group.at,
  );
}
