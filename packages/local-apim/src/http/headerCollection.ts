interface Entry {
  readonly name: string;
  readonly values: readonly string[];
}

/** Header fields of a message: names ignore case and keep their spelling, order is kept, a name may have several values. */
export class HeaderCollection {
  readonly #entries = new Map<string, Entry>();

  /** From names and values in turn, as node:http and undici give them. Bytes are taken as Latin-1, as they go out again. */
  static fromRaw(raw: readonly (string | Buffer)[]): HeaderCollection {
    const headers = new HeaderCollection();
    for (let i = 0; i + 1 < raw.length; i += 2) headers.append(latin1(raw[i]), latin1(raw[i + 1]));
    return headers;
  }

  get(name: string): readonly string[] | undefined {
    return this.#entries.get(name.toLowerCase())?.values;
  }

  /** All values of a name in one, as the `GetValueOrDefault` of expressions joins them. */
  joined(name: string): string | undefined {
    return this.get(name)?.join(",");
  }

  has(name: string): boolean {
    return this.#entries.has(name.toLowerCase());
  }

  set(name: string, ...values: readonly string[]): void {
    const key = name.toLowerCase();
    this.#entries.set(key, { name: this.#entries.get(key)?.name ?? name, values });
  }

  append(name: string, ...values: readonly string[]): void {
    this.set(name, ...(this.get(name) ?? []), ...values);
  }

  delete(name: string): void {
    this.#entries.delete(name.toLowerCase());
  }

  *[Symbol.iterator](): Iterator<Entry> {
    yield* this.#entries.values();
  }

  clone(): HeaderCollection {
    const copy = new HeaderCollection();
    for (const { name, values } of this) copy.set(name, ...values);
    return copy;
  }

  /** Names and values in turn. */
  toRaw(): string[] {
    return [...this].flatMap(({ name, values }) => values.flatMap((value) => [name, value]));
  }
}

function latin1(text: string | Buffer | undefined): string {
  return typeof text === "string" ? text : (text?.toString("latin1") ?? "");
}
