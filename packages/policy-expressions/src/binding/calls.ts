import { refuse } from "../errors.ts";
import { arrayOf, INT, OBJECT, type Type } from "../model/type.ts";
import type { Value } from "../model/value.ts";
import { NetArray } from "../runtime/collection.ts";
import { nullReference, raise } from "../runtime/exception.ts";
import type { Frame } from "../runtime/frame.ts";
import { Delegate } from "../runtime/objects.ts";
import type { Argument, Expression } from "../syntax/ast.ts";
import type { Binder } from "./binder.ts";
import type { ArgumentValue, Bound, BoundArgument, BoundOut, Operand } from "./bound.ts";
import { refuseIfUnknown, requireReceiver } from "./invocation.ts";
import { membersNamed, returnType } from "./lookup.ts";
import { bound, requireValue } from "./make.ts";
import { callGroup } from "./methodGroupCall.ts";
import { invokeNative } from "./native.ts";
import { chooseOverload } from "./overload.ts";
import type { Scope } from "./scope.ts";

export function bindArguments(args: readonly Argument[], scope: Scope, binder: Binder): BoundArgument[] {
  return args.map(({ name, modifier, value }) => ({
    name,
    value: modifier === "out" ? bindOut(value, scope, binder) : binder.operand(value, scope),
  }));
}

function bindOut(node: Expression, scope: Scope, binder: Binder): BoundOut {
  if (node.kind === "outDeclaration") {
    const discard = node.name === "_";
    const declared = node.type.name === "var" ? undefined : binder.type(node.type);
    const early = declared !== undefined && !discard ? scope.declare(node.name, declared, node.at) : undefined;
    return {
      kind: "out",
      at: node.at,
      type: declared,
      store: (type) => {
        if (discard) return () => undefined;
        const variable = early ?? scope.declare(node.name, type, node.at);
        return (frame, value) => {
          frame.slots[variable.index] = value;
        };
      },
    };
  }
  if (node.kind === "name" && node.name === "_" && scope.find("_") === undefined) {
    return { kind: "out", at: node.at, type: undefined, store: () => () => undefined };
  }
  const target = binder.value(node, scope);
  const { place } = target;
  if (place === undefined) return refuse("an 'out' argument must be a variable", "out", node.at);
  return { kind: "out", at: node.at, type: target.type, store: () => (frame, value) => place(frame).set(value) };
}

/** Calls a method group or a delegate. */
export function bindCall(target: Operand, args: readonly BoundArgument[], at: number, binder: Binder): Bound {
  if (target.kind === "methods") return callGroup(target, args, target.receiver, binder);
  const value = requireValue(target);
  const delegate = binder.relations.delegate(value.type);
  if (delegate === undefined) return refuse(`a ${value.type.key} cannot be called`, value.type.key, at);
  if (args.length !== delegate.parameters.length) return refuse("wrong number of arguments for a delegate", "()", at);
  const codes = args.map(
    (argument, i) => convertArgument(argument.value, delegate.parameters[i] ?? OBJECT, binder).code,
  );
  const { code } = value;
  return bound(
    delegate.returns,
    (frame) =>
      invokeDelegate(
        code(frame),
        codes.map((arg) => arg(frame)),
        frame,
      ),
    at,
  );
}

function convertArgument(value: ArgumentValue, type: Type, binder: Binder): Bound {
  return value.kind === "out"
    ? refuse("'out' is not possible here", "out", value.at)
    : binder.convert(value, type, value.at);
}

function invokeDelegate(target: Value, args: readonly Value[], frame: Frame): Value {
  frame.run.step();
  return target instanceof Delegate ? target.invoke(...args) : nullReference();
}

/** `target[args]`. */
export function bindIndex(target: Bound, args: readonly BoundArgument[], at: number, binder: Binder): Bound {
  if (target.type.kind === "array") return bindArrayElement(target, args, at, binder);
  const indexers = membersNamed(target.type, "this[]", binder.relations);
  if (indexers.length === 0) return refuse(`a ${target.type.key} cannot be indexed`, "[]", at);
  const chosen = chooseOverload(indexers, args, undefined, { name: `${target.type.name}[]`, at }, binder);
  if (chosen === undefined) return refuse("no indexer fits", "[]", at);
  const { owned } = chosen;
  refuseIfUnknown(owned, at);
  const receiver = requireReceiver(target);
  const codes = chosen.targets.map(
    ({ argument, type }) => convertArgument(args[argument]?.value ?? target, type, binder).code,
  );
  const { member, owner } = owned;
  const result = bound(
    returnType(owned, [], binder.relations),
    (frame) => invokeNative(member, owner.args, [], frame, [receiver(frame), ...codes.map((code) => code(frame))]),
    at,
  );
  if (typeof member.implementation !== "object" || !("set" in member.implementation)) return result;
  return {
    ...result,
    place: (frame) => {
      const values = [receiver(frame), ...codes.map((code) => code(frame))];
      return {
        get: () => invokeNative(member, owner.args, [], frame, values),
        set: (to) => void invokeNative(member, owner.args, [], frame, [...values, to], "set"),
      };
    },
  };
}

function bindArrayElement(target: Bound, args: readonly BoundArgument[], at: number, binder: Binder): Bound {
  const [first] = args;
  if (first === undefined || args.length > 1) return refuse("an array takes one index", "[]", at);
  const index = convertArgument(first.value, INT, binder).code;
  const array = requireReceiver(target);
  const place = (frame: Frame) => {
    const list = array(frame);
    const i = Number(index(frame));
    if (!(list instanceof NetArray)) throw new Error(`an ${arrayOf(OBJECT).key} was expected`);
    return { list: list.list, i };
  };
  const check = ({ list, i }: { list: Value[]; i: number }): void => {
    if (i < 0 || i >= list.length) raise("IndexOutOfRangeException", "Index was outside the bounds of the array.");
  };
  const read = (found: { list: Value[]; i: number }): Value => {
    check(found);
    return found.list[found.i] ?? null;
  };
  return {
    kind: "value",
    at,
    type: target.type.args[0] ?? OBJECT,
    code: (frame) => read(place(frame)),
    place: (frame) => {
      const found = place(frame);
      return {
        get: () => read(found),
        set: (value) => {
          check(found);
          found.list[found.i] = value;
        },
      };
    },
  };
}
