import type { Member } from "../model/member.ts";
import type { Relations } from "../model/relations.ts";
import { OBJECT, substitute, type Type } from "../model/type.ts";
import type { OwnedMember } from "./bound.ts";

/** Members of a name, of the type and what it inherits, nearest first; an overridden one only once. */
export function membersNamed(type: Type, name: string, relations: Relations): OwnedMember[] {
  const found: OwnedMember[] = [];
  const seen = new Set<string>();
  // A class does not show what it only implements an interface with.
  const visible = relations
    .supertypes(type)
    .filter((owner) => relations.isInterface(type) || !relations.isInterface(owner));
  for (const owner of [...visible, OBJECT]) {
    for (const member of relations.definition(owner)?.members ?? []) {
      if (member.name !== name || member.isExtension || member.kind === "constructor") continue;
      const owned = { member, owner };
      const shape =
        parameterTypes(owned, relations)
          .map((parameter) => parameter.key)
          .join(",") + member.typeParameters.length;
      if (seen.has(shape)) continue;
      seen.add(shape);
      found.push(owned);
    }
  }
  return found;
}

export function constructorsOf(type: Type, relations: Relations): OwnedMember[] {
  const members: readonly Member[] = relations.definition(type)?.members ?? [];
  return members.filter((member) => member.kind === "constructor").map((member) => ({ member, owner: type }));
}

/** Parameter types with the owner's type arguments put in; those of the method stay open. */
export function parameterTypes({ member, owner }: OwnedMember, relations: Relations): readonly Type[] {
  const by = ownerArguments({ member, owner }, relations);
  return member.parameters.map((parameter) => substitute(parameter.type, by));
}

export function returnType(owned: OwnedMember, method: readonly Type[], relations: Relations): Type {
  const inOwner = substitute(owned.member.returns, ownerArguments(owned, relations));
  return substitute(inOwner, new Map(owned.member.typeParameters.map((name, i) => [name, method[i] ?? OBJECT])));
}

function ownerArguments({ member, owner }: OwnedMember, relations: Relations): ReadonlyMap<string, Type> {
  return member.isExtension ? new Map() : relations.arguments(owner);
}
