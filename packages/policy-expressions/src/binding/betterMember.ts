import { sameType, type Type, VOID } from "../model/type.ts";
import type { Applicable } from "./applicable.ts";
import type { Binder } from "./binder.ts";
import type { ArgumentValue, BoundArgument } from "./bound.ts";

/** Whether `one` is the better function member (C# 7.3, §12.6.4.3). */
export function betterCandidate(
  one: Applicable,
  other: Applicable,
  args: readonly BoundArgument[],
  binder: Binder,
): boolean {
  let better = false;
  let same = true;
  for (const [i, argument] of args.entries()) {
    const a = one.targets[i]?.type;
    const b = other.targets[i]?.type;
    if (a === undefined || b === undefined) continue;
    if (!sameType(a, b)) same = false;
    const verdict = betterTarget(argument.value, a, b, binder);
    if (verdict < 0) return false;
    if (verdict > 0) better = true;
  }
  return better || (same && betterByForm(one, other)) || (!same && betterBySpecificity(one, other));
}

function betterByForm(one: Applicable, other: Applicable): boolean {
  const generic = (candidate: Applicable): boolean => candidate.owned.member.typeParameters.length > 0;
  if (generic(one) !== generic(other)) return !generic(one);
  if (one.expanded !== other.expanded) return !one.expanded;
  const parameters = (candidate: Applicable): number => candidate.owned.member.parameters.length;
  if (one.expanded && parameters(one) !== parameters(other)) return parameters(one) > parameters(other);
  if (parameters(one) !== parameters(other)) return parameters(one) < parameters(other);
  return betterBySpecificity(one, other);
}

// A declared parameter type that is not a bare type parameter is the more specific one.
function betterBySpecificity(one: Applicable, other: Applicable): boolean {
  let more = false;
  for (const [i, parameter] of one.owned.member.parameters.entries()) {
    const against = other.owned.member.parameters[i];
    if (against === undefined) continue;
    const verdict = specificity(parameter.type, against.type);
    if (verdict < 0) return false;
    if (verdict > 0) more = true;
  }
  return more;
}

function specificity(a: Type, b: Type): number {
  if (a.kind === "parameter" || b.kind === "parameter")
    return Number(b.kind === "parameter") - Number(a.kind === "parameter");
  if (a.name !== b.name || a.args.length !== b.args.length) return 0;
  let verdict = 0;
  for (const [i, arg] of a.args.entries()) {
    const against = b.args[i];
    if (against === undefined) continue;
    const one = specificity(arg, against);
    if (one !== 0 && verdict !== 0 && one !== verdict) return 0;
    if (one !== 0) verdict = one;
  }
  return verdict;
}

/** 1 when the conversion to `a` is better, -1 when that to `b` is, 0 when neither. */
function betterTarget(value: ArgumentValue, a: Type, b: Type, binder: Binder): number {
  if (sameType(a, b)) return 0;
  if (value.kind === "value") {
    if (sameType(value.type, a)) return 1;
    if (sameType(value.type, b)) return -1;
  }
  const left = binder.relations.delegate(a);
  const right = binder.relations.delegate(b);
  if (left !== undefined && right !== undefined && value.kind !== "value" && value.kind !== "out") {
    const sameInputs =
      left.parameters.length === right.parameters.length &&
      left.parameters.every((p, i) => p.key === right.parameters[i]?.key);
    if (!sameInputs) return 0;
    if (left.returns.key === VOID.key || right.returns.key === VOID.key) {
      return Number(right.returns.key === VOID.key) - Number(left.returns.key === VOID.key);
    }
    const natural =
      value.kind === "lambda"
        ? binder.inferLambda(value, left.parameters)
        : binder.resolveGroup(value, left.parameters).returns;
    if (sameType(natural, left.returns)) return 1;
    if (sameType(natural, right.returns)) return -1;
    return betterType(left.returns, right.returns, binder);
  }
  return betterType(a, b, binder);
}

const SIGNED = ["System.SByte", "System.Int16", "System.Int32", "System.Int64"];
const UNSIGNED = ["System.Byte", "System.UInt16", "System.UInt32", "System.UInt64"];

function betterType(a: Type, b: Type, binder: Binder): number {
  const forth = binder.implicitType(a, b);
  const back = binder.implicitType(b, a);
  if (forth !== back) return forth ? 1 : -1;
  if (SIGNED.includes(a.key) && UNSIGNED.includes(b.key)) return 1;
  if (UNSIGNED.includes(a.key) && SIGNED.includes(b.key)) return -1;
  return 0;
}
