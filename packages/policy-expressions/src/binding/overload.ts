import { ExpressionRefusedError, refuse } from "../errors.ts";
import { OBJECT, substitute, type Type, VOID } from "../model/type.ts";
import type { Applicable } from "./applicable.ts";
import { betterCandidate } from "./betterMember.ts";
import type { Binder } from "./binder.ts";
import type { BoundArgument, OwnedMember } from "./bound.ts";
import { inferTypeArguments } from "./inference.ts";
import { parameterTypes } from "./lookup.ts";

/** Overload resolution (C# 7.3, §12.6.4). Refuses when nothing fits or two fit equally well; undefined only with `optional`. */
export function chooseOverload(
  candidates: readonly OwnedMember[],
  args: readonly BoundArgument[],
  typeArguments: readonly Type[] | undefined,
  place: { readonly name: string; readonly at: number; readonly optional?: boolean },
  binder: Binder,
): Applicable | undefined {
  const failures: ExpressionRefusedError[] = [];
  const applicable = candidates.flatMap((candidate) => forms(candidate, args, typeArguments, binder, failures));
  const nearest = dropInherited(applicable, binder);
  const best = nearest.filter((one) =>
    nearest.every((other) => one === other || betterCandidate(one, other, args, binder)),
  );
  const [only] = best;
  if (only !== undefined) return only;
  if (applicable.length > 0) return refuse(`the call of '${place.name}' is ambiguous`, place.name, place.at);
  const [failure] = failures;
  if (failure !== undefined) throw failure;
  if (place.optional === true) return undefined;
  const types = args.map(({ value }) => (value.kind === "value" ? value.type.key : value.kind)).join(", ");
  return refuse(`no overload of '${place.name}' takes (${types})`, place.name, place.at);
}

// An applicable method of a derived class hides all of its base classes.
function dropInherited(applicable: readonly Applicable[], binder: Binder): readonly Applicable[] {
  return applicable.filter(
    ({ owned }) =>
      owned.member.isExtension ||
      !applicable.some(
        (other) =>
          other.owned.owner.key !== owned.owner.key && binder.relations.isSubtype(other.owned.owner, owned.owner),
      ),
  );
}

function forms(
  owned: OwnedMember,
  args: readonly BoundArgument[],
  typeArguments: readonly Type[] | undefined,
  binder: Binder,
  failures: ExpressionRefusedError[],
): Applicable[] {
  try {
    const normal = applyTo(owned, args, typeArguments, binder, false);
    if (normal !== undefined) return [normal];
    const last = owned.member.parameters.at(-1);
    const expanded = last?.isParams === true ? applyTo(owned, args, typeArguments, binder, true) : undefined;
    return expanded === undefined ? [] : [expanded];
  } catch (error) {
    // The body of a lambda does not compile for this candidate. Reported when no other candidate fits.
    if (!(error instanceof ExpressionRefusedError)) throw error;
    failures.push(error);
    return [];
  }
}

function applyTo(
  owned: OwnedMember,
  args: readonly BoundArgument[],
  explicit: readonly Type[] | undefined,
  binder: Binder,
  expanded: boolean,
): Applicable | undefined {
  const { member } = owned;
  const places = assignPlaces(owned, args, expanded);
  if (places === undefined) return undefined;
  const open = parameterTypes(owned, binder.relations);
  const lastIndex = open.length - 1;
  const typeAt = (parameter: number): Type => {
    const type = open[parameter] ?? OBJECT;
    return expanded && parameter === lastIndex ? (type.args[0] ?? OBJECT) : type;
  };
  let typeArguments: readonly Type[] = [];
  if (member.typeParameters.length > 0) {
    const inferred =
      explicit ??
      inferTypeArguments(
        member.typeParameters,
        places.map(typeAt),
        args.map((arg) => arg.value),
        binder,
      );
    if (inferred === undefined || inferred.length !== member.typeParameters.length) return undefined;
    typeArguments = inferred;
  } else if (explicit !== undefined) return undefined;
  const by = new Map(member.typeParameters.map((name, i) => [name, typeArguments[i] ?? OBJECT]));
  const targets = places.map((parameter, argument) => ({
    argument,
    parameter,
    type: substitute(typeAt(parameter), by),
  }));
  const fits = targets.every(({ argument, parameter, type }) =>
    accepts(args[argument], member.parameters[parameter]?.isOut === true, type, binder),
  );
  return fits ? { owned, typeArguments, targets, expanded } : undefined;
}

function accepts(argument: BoundArgument | undefined, isOut: boolean, type: Type, binder: Binder): boolean {
  if (argument === undefined || (argument.value.kind === "out") !== isOut) return false;
  const { value } = argument;
  if (binder.implicit(value, type) === undefined) return false;
  const delegate = binder.relations.delegate(type);
  if (delegate === undefined) return true;
  if (value.kind === "methods") {
    const { returns } = binder.resolveGroup(value, delegate.parameters);
    return delegate.returns.key === VOID.key || binder.relations.isSubtype(returns, delegate.returns);
  }
  if (value.kind !== "lambda") return true;
  const result = binder.inferLambda(value, delegate.parameters);
  if (delegate.returns.key === VOID.key) return true;
  if (result.key === VOID.key) return false;
  if (binder.implicitType(result, delegate.returns)) return true;
  // A constant may fit where its type does not (() => 1 as Func<byte>): the final binding decides.
  return result.key === "System.Int32" && delegate.returns.key !== result.key && isNarrow(delegate.returns);
}

function isNarrow(type: Type): boolean {
  return ["System.Byte", "System.SByte", "System.Int16", "System.UInt16", "System.UInt32", "System.UInt64"].includes(
    type.key,
  );
}

/** The parameter each argument goes to; undefined when they do not match in number or name. */
function assignPlaces(
  { member }: OwnedMember,
  args: readonly BoundArgument[],
  expanded: boolean,
): number[] | undefined {
  const { parameters } = member;
  const last = parameters.length - 1;
  const places: number[] = [];
  for (const [i, argument] of args.entries()) {
    const place =
      argument.name === undefined
        ? expanded
          ? Math.min(i, last)
          : i
        : parameters.findIndex((p) => p.name === argument.name);
    if (place < 0 || place > last || (places.includes(place) && !(expanded && place === last))) return undefined;
    places.push(place);
  }
  const complete = parameters.every(
    (parameter, i) => places.includes(i) || parameter.optional !== undefined || (expanded && i === last),
  );
  return complete ? places : undefined;
}
