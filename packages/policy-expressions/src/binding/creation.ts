import { refuse } from "../errors.ts";
import { arrayOf, INT, type Type } from "../model/type.ts";
import type { Value } from "../model/value.ts";
import { NetArray } from "../runtime/collection.ts";
import { raise } from "../runtime/exception.ts";
import { Anonymous } from "../runtime/objects.ts";
import type { Expression, Initializer, InitializerItem, New, NewArray } from "../syntax/ast.ts";
import type { Binder } from "./binder.ts";
import type { Bound, BoundArgument, Code } from "./bound.ts";
import { bindArguments, bindIndex } from "./calls.ts";
import { defaultValue } from "./defaults.ts";
import { buildCall } from "./invocation.ts";
import { constructorsOf } from "./lookup.ts";
import { bound, constant, requireOperand, requireValue } from "./make.ts";
import { chooseOverload } from "./overload.ts";
import type { Scope } from "./scope.ts";

export function bindNew(node: New, scope: Scope, binder: Binder): Bound {
  const type = binder.type(node.type);
  const args = bindArguments(node.args, scope, binder);
  const created = construct(type, args, node, binder);
  return node.initializer === undefined ? created : initialize(created, node.initializer, scope, binder);
}

function construct(type: Type, args: readonly BoundArgument[], node: New, binder: Binder): Bound {
  const { relations } = binder;
  if (relations.delegate(type) !== undefined) {
    const [only] = args;
    if (only === undefined || only.value.kind === "out" || args.length > 1)
      return refuse("a delegate takes one method", type.name, node.at);
    return binder.convert(only.value, type, node.at);
  }
  const constructors = constructorsOf(type, relations);
  if (args.length === 0 && relations.isValueType(type)) return constant(type, defaultValue(type, relations), node.at);
  if (constructors.length === 0) return refuse(`'${type.name}' cannot be created`, type.name, node.at);
  const chosen = chooseOverload(constructors, args, undefined, { name: type.name, at: node.at }, binder);
  if (chosen === undefined) return refuse(`no constructor of '${type.name}' fits`, type.name, node.at);
  return { ...buildCall(chosen, args, undefined, node.at, binder), type };
}

function initialize(created: Bound, items: Initializer, scope: Scope, binder: Binder): Bound {
  const slot = scope.hidden();
  const self = bound(created.type, (frame) => frame.slots[slot] ?? null, created.at);
  const steps = items.map((item) => initializeItem(self, item, scope, binder));
  const { code } = created;
  return bound(
    created.type,
    (frame) => {
      // An initialiser may contain the same creation again (in a loop, a frame is reused): the value is held here too.
      const value = code(frame);
      for (const step of steps) {
        frame.slots[slot] = value;
        step(frame);
      }
      return value;
    },
    created.at,
  );
}

function initializeItem(self: Bound, item: InitializerItem, scope: Scope, binder: Binder): Code {
  if (item.kind === "add") {
    const args = item.args.map((arg): BoundArgument => ({ name: undefined, value: binder.operand(arg, scope) }));
    const add = requireOperand(binder.member(self, "Add", undefined, item.at));
    return binder.call(add, args, item.at).code;
  }
  const target =
    item.kind === "index"
      ? bindIndex(self, bindArguments(item.args, scope, binder), item.at, binder)
      : requireValue(binder.member(self, item.name, undefined, item.at));
  if (Array.isArray(item.value)) return initializeNested(target, item.value, scope, binder);
  const { place } = target;
  if (place === undefined) return refuse("this cannot be set in an initialiser", "=", item.at);
  const { code } = binder.typed(item.value as Expression, target.type, scope);
  return (frame) => {
    const found = place(frame);
    found.set(code(frame));
    return null;
  };
}

function initializeNested(target: Bound, items: Initializer, scope: Scope, binder: Binder): Code {
  return initialize(target, items, scope, binder).code;
}

export function bindNewArray(node: NewArray, scope: Scope, binder: Binder): Bound {
  const element = node.elementType === undefined ? bestElement(node, scope, binder) : binder.type(node.elementType);
  const size = node.size && binder.typed(node.size, INT, scope);
  if (node.items === undefined) return emptyArray(element, size, node.at, binder);
  if (size !== undefined && Number(size.constant?.value ?? -1) !== node.items.length)
    refuse("the size must be the number of items", "[]", node.at);
  return arrayWith(element, node.items, scope, node.at, binder);
}

export function arrayWith(
  element: Type,
  items: readonly Expression[],
  scope: Scope,
  at: number,
  binder: Binder,
): Bound {
  const codes = items.map((item) => binder.typed(item, element, scope).code);
  return bound(
    arrayOf(element),
    (frame) => {
      frame.run.allocate(codes.length);
      return new NetArray(
        element,
        codes.map((code) => code(frame)),
      );
    },
    at,
  );
}

function emptyArray(element: Type, size: Bound | undefined, at: number, binder: Binder): Bound {
  const initial = defaultValue(element, binder.relations);
  return bound(
    arrayOf(element),
    (frame) => {
      const length = Number(size?.code(frame) ?? 0);
      if (length < 0) raise("OverflowException", "Arithmetic operation resulted in an overflow.");
      frame.run.allocate(length);
      return new NetArray(element, new Array<Value>(length).fill(initial));
    },
    at,
  );
}

function bestElement(node: NewArray, scope: Scope, binder: Binder): Type {
  const types = (node.items ?? []).map((item) => requireValue(binder.operand(item, scope)).type);
  const best = binder.relations.bestCommon(types, (from, to) => binder.implicitType(from, to));
  return best ?? refuse("no best type for the array", "new[]", node.at);
}

export function bindAnonymous(node: Extract<Expression, { kind: "anonymous" }>, scope: Scope, binder: Binder): Bound {
  const names = node.members.map((member) => member.name);
  if (new Set(names).size < names.length) refuse("an anonymous object has two members of one name", "new { }", node.at);
  const values = node.members.map((member) => requireValue(binder.operand(member.value, scope)));
  for (const value of values)
    if (value.type.kind === "special") refuse("null has no type in an anonymous object", "null", value.at);
  const types = values.map((value) => value.type);
  const codes = values.map((value) => value.code);
  const sample = new Anonymous(names, types, []);
  return bound(
    sample.type,
    (frame) =>
      new Anonymous(
        names,
        types,
        codes.map((code) => code(frame)),
      ),
    node.at,
  );
}
