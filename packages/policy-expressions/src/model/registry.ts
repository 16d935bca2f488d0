import type { TypeSyntax } from "../syntax/ast.ts";
import { PREDEFINED_TYPES } from "../syntax/token.ts";
import type { TypeDefinition } from "./definition.ts";
import { type Member, readMembers, readTypeText } from "./member.ts";
import { arrayOf, namedType, nullableOf, type Type, typeParameter, VOID } from "./type.ts";

/** A definition with its signatures read. */
export interface ResolvedDefinition {
  readonly definition: TypeDefinition;
  readonly fullName: string;
  readonly parameters: readonly string[];
  readonly base: Type | undefined;
  readonly interfaces: readonly Type[];
  readonly members: readonly Member[];
}

/** All types an expression may meet. Signatures are read when a type is first used. */
export class TypeRegistry {
  private readonly bySimpleName = new Map<string, TypeDefinition[]>();
  private readonly byFullName = new Map<string, TypeDefinition>();
  private readonly resolved = new Map<string, ResolvedDefinition>();
  private readonly extensions: { readonly members: readonly Member[]; readonly near: boolean }[];

  constructor(definitions: readonly TypeDefinition[]) {
    for (const definition of definitions) {
      const { simple, arity, full } = nameOf(definition);
      if (this.byFullName.has(full)) throw new Error(`type ${full} is declared twice`);
      this.byFullName.set(full, definition);
      const key = `${simple}\`${arity}`;
      this.bySimpleName.set(key, [...(this.bySimpleName.get(key) ?? []), definition]);
    }
    this.extensions = definitions
      .filter((definition) => definition.kind === "static")
      .map((definition) => ({
        members: this.resolve(nameOf(definition).full)?.members.filter((member) => member.isExtension) ?? [],
        near: definition.namespace.startsWith("PolicyExpressions"),
      }));
  }

  /** Extension methods of this name, those of the gateway's own namespace first: C# takes the nearest that apply. */
  extensionMethods(name: string): readonly (readonly Member[])[] {
    const named = (near: boolean) =>
      this.extensions
        .filter((set) => set.near === near)
        .flatMap((set) => set.members.filter((member) => member.name === name));
    return [named(true), named(false)].filter((set) => set.length > 0);
  }

  /** The definition behind a full name such as "System.Collections.Generic.List`1". */
  resolve(fullName: string): ResolvedDefinition | undefined {
    const known = this.resolved.get(fullName);
    const definition = this.byFullName.get(fullName);
    if (known !== undefined || definition === undefined) return known;
    const parameters = parameterNames(definition.name);
    const read = (text: string): Type => this.readType(text, parameters);
    const result: ResolvedDefinition = {
      definition,
      fullName,
      parameters,
      base: definition.base === undefined ? undefined : read(definition.base),
      interfaces: (definition.interfaces ?? []).map(read),
      members: readMembers(definition, fullName, parameters, (syntax, more) =>
        this.internalType(syntax, [...parameters, ...more]),
      ),
    };
    this.resolved.set(fullName, result);
    return result;
  }

  /** A type written in an expression; undefined when unknown or not on the documented list. */
  lookup(syntax: TypeSyntax): Type | undefined {
    return this.fromSyntax(syntax, new Set(), (definition) => definition.unlisted !== true);
  }

  /** Whether a dotted text is the beginning of a known namespace. */
  isNamespace(text: string): boolean {
    return [...this.byFullName.values()].some(
      ({ namespace }) => namespace === text || namespace.startsWith(`${text}.`),
    );
  }

  private readType(text: string, parameters: readonly string[]): Type {
    return this.internalType(readTypeText(text), parameters);
  }

  private internalType(syntax: TypeSyntax, parameters: readonly string[]): Type {
    const type = this.fromSyntax(syntax, new Set(parameters), () => true);
    if (type === undefined) throw new Error(`type '${syntax.name}' of a signature is not declared`);
    return type;
  }

  private fromSyntax(
    syntax: TypeSyntax,
    parameters: ReadonlySet<string>,
    allowed: (definition: TypeDefinition) => boolean,
  ): Type | undefined {
    const args: Type[] = [];
    for (const arg of syntax.args) {
      const type = this.fromSyntax(arg, parameters, allowed);
      if (type === undefined) return undefined;
      args.push(type);
    }
    let type = this.baseType(syntax.name, args, parameters, allowed);
    if (type !== undefined && syntax.nullable) type = nullableOf(type);
    for (let rank = 0; type !== undefined && rank < syntax.ranks; rank++) type = arrayOf(type);
    return type;
  }

  private baseType(
    name: string,
    args: readonly Type[],
    parameters: ReadonlySet<string>,
    allowed: (definition: TypeDefinition) => boolean,
  ): Type | undefined {
    if (args.length === 0 && parameters.has(name)) return typeParameter(name);
    if (name === "void") return VOID;
    const predefined = PREDEFINED_TYPES.get(name);
    if (predefined !== undefined) return namedType(predefined);
    const dot = name.lastIndexOf(".");
    const candidates = this.bySimpleName.get(`${name.slice(dot + 1)}\`${args.length}`) ?? [];
    const found = candidates.find(
      (candidate) => (dot < 0 || candidate.namespace === name.slice(0, dot)) && allowed(candidate),
    );
    return found && namedType(nameOf(found).full, args);
  }
}

function parameterNames(name: string): readonly string[] {
  const open = name.indexOf("<");
  return open < 0
    ? []
    : name
        .slice(open + 1, -1)
        .split(",")
        .map((part) => part.trim());
}

function nameOf(definition: TypeDefinition): {
  readonly simple: string;
  readonly arity: number;
  readonly full: string;
} {
  const arity = parameterNames(definition.name).length;
  const simple = definition.name.replace(/<.*/, "");
  return { simple, arity, full: `${definition.namespace}.${simple}${arity === 0 ? "" : `\`${arity}`}` };
}
