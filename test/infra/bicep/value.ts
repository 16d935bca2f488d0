/** What a Bicep expression comes to. */
export type Value = string | number | boolean | null | Runtime | readonly Value[] | Values;
export interface Values {
  readonly [key: string]: Value;
}
export type Lambda = (...args: Value[]) => Value;

/** What only Azure knows, like the id of an identity: the deployed thing and the path into it. */
export class Runtime {
  readonly path: string;
  readonly #known: (path: string) => string | undefined;

  constructor(path: string, known: (path: string) => string | undefined) {
    this.path = path;
    this.#known = known;
  }

  property(name: string): Runtime {
    return new Runtime(`${this.path}.${name}`, this.#known);
  }

  toString(): string {
    return this.#known(this.path) ?? `<${this.path}>`;
  }
}

export function isValues(value: Value | undefined): value is Values {
  return typeof value === "object" && value !== null && !isList(value) && !(value instanceof Runtime);
}

export function isList(value: Value | undefined): value is readonly Value[] {
  return Array.isArray(value);
}

export function list(value: Value | undefined): readonly Value[] {
  if (!isList(value)) throw new Error(`An array was expected, not ${text(value ?? null)}.`);
  return value;
}

export function values(value: Value | undefined): Values {
  if (!isValues(value)) throw new Error(`An object was expected, not ${text(value ?? null)}.`);
  return value;
}

export function text(value: Value | undefined): string {
  if (typeof value === "string") return value;
  return value instanceof Runtime ? value.toString() : JSON.stringify(value);
}

/** The value as it would reach Azure: what only Azure knows becomes text. */
export function settled(value: Value): Value {
  if (value instanceof Runtime) return value.toString();
  if (isList(value)) return value.map(settled);
  return isValues(value) ? Object.fromEntries(Object.entries(value).map(([key, of]) => [key, settled(of)])) : value;
}

/** The value at a path of names and indexes; undefined where there is none. */
export function at(value: Value | undefined, ...path: (string | number)[]): Value | undefined {
  let found = value;
  for (const step of path) {
    if (isList(found) && typeof step === "number") found = found[step];
    else if (isValues(found)) found = found[step];
    else return undefined;
  }
  return found;
}

export function same(a: Value, b: Value): boolean {
  return JSON.stringify(settled(a)) === JSON.stringify(settled(b));
}
