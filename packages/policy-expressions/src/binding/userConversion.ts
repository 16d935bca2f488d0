import type { Member } from "../model/member.ts";
import { widens } from "../model/numericTypes.ts";
import { type Type, underlying } from "../model/type.ts";
import type { Binder, Conversion } from "./binder.ts";
import { bound, requireValue } from "./make.ts";
import { invokeNative } from "./native.ts";

/** User-defined conversion operators between two types (C# 7.3, §10.5), or undefined. */
export function findUserConversion(from: Type, to: Type, binder: Binder, explicit: boolean): Conversion | undefined {
  const found = candidates(from, to, binder).filter((member) => explicit || member.kind === "implicit");
  const exact = best(found, from, to, binder);
  if (exact === undefined) return undefined;
  return { kind: "user", apply: (operand) => apply(exact, requireValue(operand), to, binder) };
}

function candidates(from: Type, to: Type, binder: Binder): Member[] {
  const owners = [from, to].flatMap((type) => {
    const plain = underlying(type) ?? type;
    return plain.kind === "named" ? binder.relations.supertypes(plain) : [];
  });
  const names = new Set(owners.map((owner) => owner.name));
  return [...names].flatMap((name) =>
    (binder.relations.registry.resolve(name)?.members ?? []).filter(
      (m) => m.kind === "implicit" || m.kind === "explicit",
    ),
  );
}

// The most specific source and target types; identity first, then what standard conversions reach.
function best(found: readonly Member[], from: Type, to: Type, binder: Binder): Member | undefined {
  const { relations } = binder;
  const source = (member: Member): Type => member.parameters[0]?.type ?? from;
  const reaches = (a: Type, b: Type): boolean =>
    relations.isSubtype(a, b) || widens(a, b) || underlying(b)?.key === a.key;
  const either = (a: Type, b: Type): boolean => reaches(a, b) || reaches(b, a);
  const usable = found.filter((member) => {
    const implicitOnly = member.kind === "implicit";
    return (
      (reaches(from, source(member)) || (!implicitOnly && either(from, source(member)))) && either(member.returns, to)
    );
  });
  const bySource = usable.filter((member) => source(member).key === from.key);
  const narrowed = bySource.length > 0 ? bySource : usable;
  const byTarget = narrowed.filter((member) => member.returns.key === to.key);
  if (byTarget.length > 0) return byTarget[0];
  const reaching = narrowed.filter((member) => reaches(member.returns, to));
  return reaching.length > 0 ? reaching[0] : narrowed.find((member) => underlying(member.returns)?.key === to.key);
}

function apply(member: Member, value: ReturnType<typeof requireValue>, to: Type, binder: Binder) {
  const parameter = member.parameters[0]?.type ?? value.type;
  const argument = binder.cast(value, parameter, value.at);
  const { code } = argument;
  const converted = bound(member.returns, (frame) => invokeNative(member, [], [], frame, [code(frame)]), value.at);
  return member.returns.key === to.key ? converted : binder.cast(converted, to, value.at);
}
