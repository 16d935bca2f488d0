import { refuse } from "../errors.ts";
import type { Type } from "../model/type.ts";
import { OBJECT, VOID } from "../model/type.ts";
import type { Value } from "../model/value.ts";
import { nullReference } from "../runtime/exception.ts";
import { Anonymous, EnumValue } from "../runtime/objects.ts";
import type { TypeSyntax } from "../syntax/ast.ts";
import type { Binder } from "./binder.ts";
import type { AnyBound, Bound, MethodGroup, OwnedMember } from "./bound.ts";
import { enumNames } from "./defaults.ts";
import { refuseIfUnknown, requireReceiver } from "./invocation.ts";
import { membersNamed, returnType } from "./lookup.ts";
import { bound, constant, requireValue } from "./make.ts";
import { invokeNative } from "./native.ts";

/** `target.name`: a property, an enum member, a nested name, or a group of methods. */
export function bindMember(
  target: AnyBound,
  name: string,
  typeArgs: readonly TypeSyntax[] | undefined,
  at: number,
  binder: Binder,
  invoked: boolean,
): AnyBound {
  if (target.kind === "namespace") return bindInNamespace(target.name, name, typeArgs, at, binder);
  if (target.kind === "type") return bindStatic(target.type, name, typeArgs, at, binder);
  const receiver = requireValue(target);
  if (receiver.type.kind === "anonymous") {
    const field = bindField(receiver, name, at);
    if (field !== undefined) return field;
  }
  if (receiver.type.key === VOID.key || receiver.type.kind === "special")
    refuse(`'${name}' is taken from nothing`, name, at);
  const found = membersNamed(receiver.type, name, binder.relations);
  const property = found.find(({ member }) => member.kind === "property");
  // `list.Count()` calls the extension method although there is a property of the name.
  const callable =
    property !== undefined && binder.relations.delegate(returnType(property, [], binder.relations)) !== undefined;
  if (property !== undefined && (!invoked || callable)) {
    if (property.member.isStatic) refuse(`'${name}' is static: it belongs to the type`, name, at);
    return bindProperty(property, receiver, at, binder);
  }
  const group = methodGroup(
    receiver,
    receiver.type,
    found.filter(({ member }) => !member.isStatic),
    name,
    typeArgs,
    at,
    binder,
  );
  const known = group.candidates.length > 0 || binder.relations.registry.extensionMethods(name).length > 0;
  return known ? group : refuse(`'${shortName(receiver.type)}' has no member '${name}' that is supported`, name, at);
}

function shortName(type: Type): string {
  return type.kind === "named" ? type.name : type.key;
}

function bindInNamespace(
  namespace: string,
  name: string,
  typeArgs: readonly TypeSyntax[] | undefined,
  at: number,
  binder: Binder,
): AnyBound {
  const full = `${namespace}.${name}`;
  const type = binder.relations.registry.lookup({ at, name: full, args: typeArgs ?? [], nullable: false, ranks: 0 });
  if (type !== undefined) return { kind: "type", at, type };
  if (binder.relations.registry.isNamespace(full)) return { kind: "namespace", at, name: full };
  return refuse(`unknown or unsupported type '${full}'`, full, at);
}

function bindStatic(
  type: Type,
  name: string,
  typeArgs: readonly TypeSyntax[] | undefined,
  at: number,
  binder: Binder,
): AnyBound {
  if (binder.relations.isEnum(type)) {
    const names = enumNames(type, binder.relations);
    const value = names.values[name];
    if (value !== undefined) return constant(type, new EnumValue(names, value), at);
  }
  const found = membersNamed(type, name, binder.relations)
    .concat(ownExtensions(type, name, binder))
    .filter(({ member }) => member.isStatic);
  if (found.length === 0) refuse(`'${type.name}' has no static member '${name}' that is supported`, name, at);
  const property = found.find(({ member }) => member.kind === "property");
  if (property === undefined) return methodGroup(undefined, type, found, name, typeArgs, at, binder);
  refuseIfUnknown(property, at);
  const { member, owner } = property;
  if (member.isConstant && typeof member.implementation === "function") {
    // Constants take nothing, so that they can be computed here.
    const value = (member.implementation as () => Value)();
    return constant(returnType(property, [], binder.relations), value, at);
  }
  return bound(
    returnType(property, [], binder.relations),
    (frame) => invokeNative(member, owner.args, [], frame, []),
    at,
  );
}

// Extension methods may be called as the static methods they are: Enumerable.Select(xs, f).
function ownExtensions(type: Type, name: string, binder: Binder): OwnedMember[] {
  const members = binder.relations.definition(type)?.members ?? [];
  return members
    .filter((member) => member.isExtension && member.name === name)
    .map((member) => ({ member, owner: type }));
}

function methodGroup(
  receiver: Bound | undefined,
  owner: Type,
  found: readonly OwnedMember[],
  name: string,
  typeArgs: readonly TypeSyntax[] | undefined,
  at: number,
  binder: Binder,
): MethodGroup {
  const candidates = found.filter(({ member }) => member.kind === "method");
  return {
    kind: "methods",
    at,
    name,
    receiver,
    owner,
    candidates,
    typeArguments: typeArgs?.map((arg) => binder.type(arg)),
  };
}

function bindProperty(owned: OwnedMember, receiver: Bound, at: number, binder: Binder): Bound {
  refuseIfUnknown(owned, at);
  const { member, owner } = owned;
  const target = requireReceiver(receiver);
  const type = returnType(owned, [], binder.relations);
  const value = bound(type, (frame) => invokeNative(member, owner.args, [], frame, [target(frame)]), at);
  const settable = typeof member.implementation === "object" && "set" in member.implementation;
  if (!settable) return value;
  return {
    ...value,
    place: (frame) => {
      const self = target(frame);
      return {
        get: () => invokeNative(member, owner.args, [], frame, [self]),
        set: (to) => void invokeNative(member, owner.args, [], frame, [self, to], "set"),
      };
    },
  };
}

function bindField(receiver: Bound, name: string, at: number): Bound | undefined {
  const index = receiver.type.fields?.indexOf(name) ?? -1;
  if (index < 0) return undefined;
  const { code } = receiver;
  return bound(
    receiver.type.args[index] ?? OBJECT,
    (frame) => {
      const value = code(frame);
      return value instanceof Anonymous ? (value.values[index] ?? null) : nullReference();
    },
    at,
  );
}
