import { refuse } from "../errors.ts";
import { OBJECT, type Type, underlying } from "../model/type.ts";
import type { Value } from "../model/value.ts";
import { NetArray } from "../runtime/collection.ts";
import { nullReference } from "../runtime/exception.ts";
import type { Frame } from "../runtime/frame.ts";
import { OutCell } from "../runtime/objects.ts";
import type { Applicable } from "./applicable.ts";
import type { Binder } from "./binder.ts";
import type { Bound, BoundArgument, Code, OwnedMember } from "./bound.ts";
import { defaultValue } from "./defaults.ts";
import { returnType } from "./lookup.ts";
import { bound } from "./make.ts";
import { invokeNative } from "./native.ts";

type Argument = (frame: Frame) => { readonly value: Value; readonly after?: (frame: Frame) => void };

/** The code of a call whose overload is chosen. */
export function buildCall(
  chosen: Applicable,
  args: readonly BoundArgument[],
  receiver: Bound | undefined,
  at: number,
  binder: Binder,
): Bound {
  const { owned, typeArguments } = chosen;
  refuseIfUnknown(owned, at);
  const parameters = orderArguments(chosen, args, binder);
  const type = returnType(owned, typeArguments, binder.relations);
  const target = owned.member.isStatic ? undefined : receiver && requireReceiver(receiver);
  const code: Code = (frame) => {
    const values: Value[] = target === undefined ? [] : [target(frame)];
    const afters: ((frame: Frame) => void)[] = [];
    for (const parameter of parameters) {
      const { value, after } = parameter(frame);
      values.push(value);
      if (after !== undefined) afters.push(after);
    }
    const result = invokeNative(owned.member, owned.owner.args, typeArguments, frame, values);
    for (const after of afters) after(frame);
    return result;
  };
  return bound(type, code, at);
}

export function refuseIfUnknown({ member, owner }: OwnedMember, at: number): void {
  if (member.implementation === "refused")
    refuse(`'${owner.name}: ${member.signature}' is not reproduced here`, member.name, at);
}

/** Code that gives the receiver, or NullReferenceException. A nullable's own members take null. */
export function requireReceiver(receiver: Bound): Code {
  const { code, type } = receiver;
  if (underlying(type) !== undefined) return code;
  return (frame) => code(frame) ?? nullReference();
}

// One evaluator per parameter. Arguments are evaluated in the order written, as far as named ones do not change it.
function orderArguments(chosen: Applicable, args: readonly BoundArgument[], binder: Binder): Argument[] {
  const { owned, targets, expanded } = chosen;
  const { parameters } = owned.member;
  return parameters.map((parameter, i): Argument => {
    const mine = targets.filter((target) => target.parameter === i);
    if (expanded && i === parameters.length - 1) return spread(mine, args, chosen, binder);
    const [target] = mine;
    if (target === undefined) {
      const type = parameter.type;
      const value = optionalValue(parameter.optional, type, binder);
      return () => ({ value });
    }
    return single(args[target.argument], target.type, binder);
  });
}

function single(argument: BoundArgument | undefined, type: Type, binder: Binder): Argument {
  if (argument === undefined) throw new Error("an argument is missing");
  const { value } = argument;
  if (value.kind === "out") {
    const store = value.store(type);
    return () => {
      const cell = new OutCell();
      return { value: cell, after: (frame) => store(frame, cell.value) };
    };
  }
  const { code } = binder.convert(value, type, value.at);
  return (frame) => ({ value: code(frame) });
}

function spread(
  targets: Applicable["targets"],
  args: readonly BoundArgument[],
  chosen: Applicable,
  binder: Binder,
): Argument {
  const element = targets[0]?.type ?? elementOf(chosen);
  const items = targets.map((target) => single(args[target.argument], target.type, binder));
  return (frame) => ({
    value: new NetArray(
      element,
      items.map((item) => item(frame).value),
    ),
  });
}

function elementOf({ owned }: Applicable): Type {
  return owned.member.parameters.at(-1)?.type.args[0] ?? OBJECT;
}

function optionalValue(
  optional: "null" | "false" | "true" | "default" | number | undefined,
  type: Type,
  binder: Binder,
): Value {
  if (optional === "null") return null;
  if (optional === "true" || optional === "false") return optional === "true";
  return typeof optional === "number" ? optional : defaultValue(type, binder.relations);
}
