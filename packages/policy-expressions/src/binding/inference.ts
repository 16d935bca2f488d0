import { isOpen, NULL, OBJECT, substitute, type Type, underlying, VOID } from "../model/type.ts";
import type { Binder } from "./binder.ts";
import type { ArgumentValue } from "./bound.ts";

interface Bounds {
  readonly exact: Type[];
  readonly lower: Type[];
  readonly upper: Type[];
}

/** Type inference of C# 7.3 (§12.6.3): type arguments of a generic method from its arguments, or undefined. */
export function inferTypeArguments(
  names: readonly string[],
  parameters: readonly Type[],
  args: readonly ArgumentValue[],
  binder: Binder,
): readonly Type[] | undefined {
  const inference = new Inference(names, binder);
  parameters.forEach((parameter, i) => {
    const arg = args[i];
    if (arg !== undefined) inference.firstPhase(arg, parameter);
  });
  return inference.secondPhase(parameters, args) ? names.map((name) => inference.fixed.get(name) ?? OBJECT) : undefined;
}

class Inference {
  readonly fixed = new Map<string, Type>();
  private readonly bounds: Map<string, Bounds>;
  private readonly binder: Binder;

  constructor(names: readonly string[], binder: Binder) {
    this.bounds = new Map(names.map((name) => [name, { exact: [], lower: [], upper: [] }]));
    this.binder = binder;
  }

  firstPhase(arg: ArgumentValue, parameter: Type): void {
    if (arg.kind === "value") this.lower(arg.type, parameter);
    else if (arg.kind === "out" && arg.type !== undefined) this.exact(arg.type, parameter);
    else if (arg.kind === "lambda") {
      const inputs = this.binder.relations.delegate(parameter)?.parameters ?? [];
      arg.syntax.parameters.forEach((declared, i) => {
        const input = inputs[i];
        if (declared.type !== undefined && input !== undefined) this.exact(this.binder.type(declared.type), input);
      });
    }
  }

  secondPhase(parameters: readonly Type[], args: readonly ArgumentValue[]): boolean {
    while (this.unfixed().length > 0) {
      if (!this.fixSome(parameters, args)) return false;
      if (this.unfixed().length === 0) return true;
      parameters.forEach((parameter, i) => {
        const arg = args[i];
        if (arg !== undefined) this.infer(arg, parameter);
      });
    }
    return true;
  }

  private unfixed(): string[] {
    return [...this.bounds.keys()].filter((name) => !this.fixed.has(name));
  }

  private fixSome(parameters: readonly Type[], args: readonly ArgumentValue[]): boolean {
    const unfixed = this.unfixed();
    const depends = this.dependencies(parameters, args);
    const free = unfixed.filter((name) => !depends.some((edge) => edge.from === name));
    if (free.length > 0) return free.every((name) => this.fix(name));
    const needed = unfixed.filter((name) => this.hasBounds(name) && depends.some((edge) => edge.on === name));
    return needed.length > 0 && needed.every((name) => this.fix(name));
  }

  private hasBounds(name: string): boolean {
    const bounds = this.bounds.get(name);
    return bounds !== undefined && bounds.exact.length + bounds.lower.length + bounds.upper.length > 0;
  }

  // A result of a lambda depends on what the lambda takes.
  private dependencies(
    parameters: readonly Type[],
    args: readonly ArgumentValue[],
  ): { readonly from: string; readonly on: string }[] {
    const unfixed = this.unfixed();
    return parameters.flatMap((parameter, i) => {
      const kind = args[i]?.kind;
      const delegate = this.binder.relations.delegate(parameter);
      if (delegate === undefined || (kind !== "lambda" && kind !== "methods")) return [];
      const on = unfixed.filter((name) => delegate.parameters.some((input) => mentions(input, name)));
      const from = unfixed.filter((name) => mentions(delegate.returns, name));
      return from.flatMap((a) => on.map((b) => ({ from: a, on: b })));
    });
  }

  private infer(arg: ArgumentValue, parameter: Type): void {
    const delegate = this.binder.relations.delegate(parameter);
    if (delegate === undefined || (arg.kind !== "lambda" && arg.kind !== "methods")) return;
    const inputs = delegate.parameters.map((input) => substitute(input, this.fixed));
    const returns = substitute(delegate.returns, this.fixed);
    if (inputs.some(isOpen) || !isOpen(returns)) return;
    if (arg.kind === "lambda") {
      if (arg.syntax.parameters.length !== inputs.length) return;
      const result = this.binder.inferLambda(arg, inputs);
      if (result.key !== VOID.key) this.lower(result, returns);
    } else this.lower(this.binder.resolveGroup(arg, inputs).returns, returns);
  }

  private fix(name: string): boolean {
    const bounds = this.bounds.get(name);
    if (bounds === undefined) return false;
    const all = [...bounds.exact, ...bounds.lower, ...bounds.upper];
    let candidates = [...new Map(all.map((type) => [type.key, type])).values()];
    candidates = candidates.filter(
      (candidate) =>
        bounds.exact.every((type) => type.key === candidate.key) &&
        bounds.lower.every((type) => this.converts(type, candidate)) &&
        bounds.upper.every((type) => this.converts(candidate, type)),
    );
    const best = candidates.filter((candidate) => candidates.every((other) => this.converts(other, candidate)));
    const only = best.length === 1 ? best[0] : undefined;
    if (only === undefined) return false;
    this.fixed.set(name, only);
    return true;
  }

  private converts(from: Type, to: Type): boolean {
    return from.key === to.key || this.binder.implicitType(from, to);
  }

  private add(name: string, kind: keyof Bounds, type: Type): void {
    if (type.key !== NULL.key && type.kind !== "special" && type.key !== VOID.key)
      this.bounds.get(name)?.[kind].push(type);
  }

  private isVariable(type: Type): boolean {
    return type.kind === "parameter" && this.bounds.has(type.name) && !this.fixed.has(type.name);
  }

  private exact(from: Type, to: Type): void {
    if (this.isVariable(to)) this.add(to.name, "exact", from);
    else if (from.kind === to.kind && from.name === to.name)
      for (const [i, arg] of to.args.entries()) this.exact(from.args[i] ?? OBJECT, arg);
  }

  private lower(from: Type, to: Type): void {
    if (this.isVariable(to)) this.add(to.name, "lower", from);
    else if (isOpen(to)) this.lowerInside(from, to);
  }

  private lowerInside(from: Type, to: Type): void {
    const inner = underlying(to);
    if (inner !== undefined) {
      const source = underlying(from);
      if (source !== undefined) this.lower(source, inner);
      return;
    }
    if (from.kind === "array" && to.kind === "array") {
      this.varied(from.args[0] ?? OBJECT, to.args[0] ?? OBJECT);
      return;
    }
    const { relations } = this.binder;
    const matching = relations
      .supertypes(from)
      .filter((candidate) => candidate.name === to.name && candidate.kind === to.kind);
    const [only] = matching;
    if (only === undefined || matching.length > 1) return;
    const definition = relations.definition(to)?.definition;
    to.args.forEach((arg, i) => {
      const source = only.args[i] ?? OBJECT;
      if (definition?.covariant === true || (definition?.kind === "delegate" && i === to.args.length - 1))
        this.varied(source, arg);
      else this.exact(source, arg);
    });
  }

  private varied(from: Type, to: Type): void {
    if (this.binder.relations.isValueType(from)) this.exact(from, to);
    else this.lower(from, to);
  }
}

function mentions(type: Type, name: string): boolean {
  return (type.kind === "parameter" && type.name === name) || type.args.some((arg) => mentions(arg, name));
}
