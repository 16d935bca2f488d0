/**
 * Types as data. `key` is what .NET's Type.ToString gives ("System.Collections.Generic.List`1[System.Int32]"): equal keys,
 * equal types. What a type can do is in its definition, found by `name`.
 */
export interface Type {
  readonly kind: "named" | "array" | "parameter" | "anonymous" | "special";
  readonly key: string;
  /** Full name without arguments: "System.Collections.Generic.List`1". */
  readonly name: string;
  /** Type arguments; of an array its element type. */
  readonly args: readonly Type[];
  /** Members of an anonymous type, whose types are `args`. */
  readonly fields?: readonly string[];
}

export function namedType(name: string, args: readonly Type[] = []): Type {
  const key = args.length === 0 ? name : `${name}[${args.map((arg) => arg.key).join(",")}]`;
  return { kind: "named", key, name, args };
}

export function arrayOf(element: Type): Type {
  return { kind: "array", key: `${element.key}[]`, name: "System.Array", args: [element] };
}

export function typeParameter(name: string): Type {
  return { kind: "parameter", key: `!${name}`, name, args: [] };
}

export function anonymousType(fields: readonly string[], args: readonly Type[]): Type {
  const key = `anonymous{${fields.map((field, i) => `${field}:${args[i]?.key}`).join(",")}}`;
  return { kind: "anonymous", key, name: "anonymous", args, fields };
}

/** The name without its namespace: "Int32" of System.Int32. */
export function simpleName(type: Type): string {
  return type.name.slice(type.name.lastIndexOf(".") + 1);
}

function special(name: string): Type {
  return { kind: "special", key: `<${name}>`, name, args: [] };
}

/** The types of `null`, of a `throw` expression and of what gives no value. */
export const NULL = special("null");
export const NEVER = special("throw");
export const VOID = namedType("System.Void");

export const OBJECT = namedType("System.Object");
export const STRING = namedType("System.String");
export const BOOL = namedType("System.Boolean");
export const CHAR = namedType("System.Char");
export const SBYTE = namedType("System.SByte");
export const BYTE = namedType("System.Byte");
export const SHORT = namedType("System.Int16");
export const USHORT = namedType("System.UInt16");
export const INT = namedType("System.Int32");
export const UINT = namedType("System.UInt32");
export const LONG = namedType("System.Int64");
export const ULONG = namedType("System.UInt64");
export const FLOAT = namedType("System.Single");
export const DOUBLE = namedType("System.Double");
export const DECIMAL = namedType("System.Decimal");
export const EXCEPTION = namedType("System.Exception");

const NULLABLE_NAME = "System.Nullable`1";
const ENUMERABLE_NAME = "System.Collections.Generic.IEnumerable`1";

export function nullableOf(type: Type): Type {
  return namedType(NULLABLE_NAME, [type]);
}

/** T of T?, or undefined. */
export function underlying(type: Type): Type | undefined {
  return type.name === NULLABLE_NAME ? type.args[0] : undefined;
}

export function enumerableOf(type: Type): Type {
  return namedType(ENUMERABLE_NAME, [type]);
}

export function sameType(a: Type, b: Type): boolean {
  return a.key === b.key;
}

/** The type with its type parameters replaced by name. */
export function substitute(type: Type, by: ReadonlyMap<string, Type>): Type {
  if (by.size === 0) return type;
  if (type.kind === "parameter") return by.get(type.name) ?? type;
  if (type.args.length === 0) return type;
  const args = type.args.map((arg) => substitute(arg, by));
  if (type.kind === "array") return arrayOf(args[0] ?? type);
  return type.kind === "anonymous" ? anonymousType(type.fields ?? [], args) : namedType(type.name, args);
}

/** Whether a type parameter occurs in the type. */
export function isOpen(type: Type): boolean {
  return type.kind === "parameter" || type.args.some(isOpen);
}
