interface Parameter {
  readonly name: string;
  readonly value: string;
  /** As it goes into the URL. */
  readonly written: string;
}

/** The query of a URL: what no policy touches stays exactly as it was written. */
export class QueryString {
  #parameters: readonly Parameter[];

  constructor(text: string) {
    // Empty parts too, as in `?a&&b`, go on as they came.
    const parts = text === "" ? [] : text.replace(/^\?/, "").split("&");
    this.#parameters = parts.map((written) => {
      const equals = written.indexOf("=");
      const name = equals < 0 ? written : written.slice(0, equals);
      return { name: decode(name), value: equals < 0 ? "" : decode(written.slice(equals + 1)), written };
    });
  }

  has(name: string): boolean {
    return this.get(name) !== undefined;
  }

  get(name: string): readonly string[] | undefined {
    const found = this.#parameters.filter((parameter) => sameName(parameter.name, name));
    return found.length === 0 ? undefined : found.map(({ value }) => value);
  }

  append(name: string, ...values: readonly string[]): void {
    const added = values.map((value) => ({
      name,
      value,
      written: `${encodeURIComponent(name)}=${encodeURIComponent(value)}`,
    }));
    this.#parameters = [...this.#parameters, ...added];
  }

  delete(name: string): void {
    this.#parameters = this.#parameters.filter((parameter) => !sameName(parameter.name, name));
  }

  /** Decoded values by name, in order. */
  entries(): ReadonlyMap<string, readonly string[]> {
    const all = new Map<string, readonly string[]>();
    for (const { name, written } of this.#parameters) if (written !== "") all.set(name, this.get(name) ?? []);
    return all;
  }

  /** Adds what another query has under names that this one lacks. */
  addMissing(other: QueryString): void {
    const added = other.#parameters.filter(({ name }) => !this.has(name));
    this.#parameters = [...this.#parameters, ...added];
  }

  clone(): QueryString {
    return new QueryString(this.toString());
  }

  /** With its `?`, or empty. */
  toString(): string {
    return this.#parameters.length === 0 ? "" : `?${this.#parameters.map(({ written }) => written).join("&")}`;
  }
}

function sameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

/** RFC 3986 and application/x-www-form-urlencoded; what is malformed stays as it is. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return text;
  }
}
