import type { ResolvedDefinition, TypeRegistry } from "./registry.ts";
import { enumerableOf, NULL, namedType, OBJECT, substitute, type Type, underlying } from "./type.ts";

const ARRAY_INTERFACES = ["IEnumerable`1", "IList`1", "ICollection`1", "IReadOnlyCollection`1", "IReadOnlyList`1"];

/** How types relate: what inherits or implements what, and where variance helps. */
export class Relations {
  readonly registry: TypeRegistry;
  private readonly supers = new Map<string, readonly Type[]>();

  constructor(registry: TypeRegistry) {
    this.registry = registry;
  }

  definition(type: Type): ResolvedDefinition | undefined {
    return type.kind === "named" || type.kind === "array" ? this.registry.resolve(type.name) : undefined;
  }

  isValueType(type: Type): boolean {
    const kind = this.definition(type)?.definition.kind;
    return type.kind === "named" && (kind === "struct" || kind === "enum");
  }

  isEnum(type: Type): boolean {
    return type.kind === "named" && this.definition(type)?.definition.kind === "enum";
  }

  isInterface(type: Type): boolean {
    return type.kind === "named" && this.definition(type)?.definition.kind === "interface";
  }

  /** A type that `null` fits: reference types and nullables. */
  acceptsNull(type: Type): boolean {
    return !this.isValueType(type) || underlying(type) !== undefined;
  }

  /** Type arguments of a type by the names its definition gives them. */
  arguments(type: Type): ReadonlyMap<string, Type> {
    const names = type.kind === "array" ? [] : (this.definition(type)?.parameters ?? []);
    return new Map(names.map((name, i) => [name, type.args[i] ?? OBJECT]));
  }

  /** The type, its bases and its interfaces, nearest first, without System.Object. */
  supertypes(type: Type): readonly Type[] {
    const known = this.supers.get(type.key);
    if (known !== undefined) return known;
    const found = new Map<string, Type>();
    const visit = (current: Type): void => {
      if (found.has(current.key) || current.key === OBJECT.key) return;
      found.set(current.key, current);
      if (current.kind === "array") {
        const element = current.args[0] ?? OBJECT;
        found.set("System.Array", namedType("System.Array"));
        for (const name of ARRAY_INTERFACES) visit(namedType(`System.Collections.Generic.${name}`, [element]));
        return;
      }
      const definition = this.definition(current);
      if (definition === undefined) return;
      const by = this.arguments(current);
      if (definition.base !== undefined) visit(substitute(definition.base, by));
      for (const implemented of definition.interfaces) visit(substitute(implemented, by));
    };
    visit(type);
    const list = [...found.values()];
    this.supers.set(type.key, list);
    return list;
  }

  /** Identity, inheritance, implementation, variance, boxing: conversions that leave the value as it is. */
  isSubtype(from: Type, to: Type): boolean {
    if (from.key === to.key || to.key === OBJECT.key) return true;
    if (from.key === NULL.key) return this.acceptsNull(to);
    const boxed = underlying(from);
    if (boxed !== undefined && underlying(to) === undefined && this.isSubtype(boxed, to) && !this.isValueType(to))
      return true;
    return this.supertypes(from).some((candidate) => this.matches(candidate, to));
  }

  private matches(from: Type, to: Type): boolean {
    if (from.key === to.key) return true;
    if (from.kind === "array" && to.kind === "array") return this.varies(from.args[0] ?? OBJECT, to.args[0] ?? OBJECT);
    if (from.kind !== "named" || from.name !== to.name || to.kind !== "named") return false;
    const definition = this.definition(from)?.definition;
    if (definition?.covariant !== true) return false;
    return from.args.every((arg, i) => this.varies(arg, to.args[i] ?? OBJECT));
  }

  private varies(from: Type, to: Type): boolean {
    return (
      from.key === to.key ||
      (!this.isValueType(from) && from.kind !== "parameter" && !this.isValueType(to) && this.isSubtype(from, to))
    );
  }

  /** T of the only IEnumerable<T> the type implements; undefined when there is none or more than one. */
  elementType(type: Type): Type | undefined {
    const name = enumerableOf(OBJECT).name;
    const found = this.supertypes(type).filter((candidate) => candidate.name === name);
    return found.length === 1 ? found[0]?.args[0] : undefined;
  }

  /** Parameters and result of a delegate type. */
  delegate(type: Type): { readonly parameters: readonly Type[]; readonly returns: Type } | undefined {
    const definition = this.definition(type);
    if (type.kind !== "named" || definition?.definition.kind !== "delegate") return undefined;
    const invoke = definition.members.find((member) => member.name === "Invoke");
    if (invoke === undefined) return undefined;
    const by = this.arguments(type);
    return {
      parameters: invoke.parameters.map((p) => substitute(p.type, by)),
      returns: substitute(invoke.returns, by),
    };
  }

  /** The type itself, or of two array types the common one: used where C# looks for a best common type. */
  bestCommon(types: readonly Type[], convertible: (from: Type, to: Type) => boolean): Type | undefined {
    const candidates = types.filter((type) => type.key !== NULL.key && type.kind !== "special");
    return candidates.find((to) => types.every((from) => convertible(from, to)));
  }
}
