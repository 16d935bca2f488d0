const NONE: readonly string[] = [];

/**
 * The values of a header field, in the order in which they were sent.
 * @param rawHeaders names and values in turn, as node:http and undici give them
 * @param name in lower case
 */
export function fieldValues(rawHeaders: readonly string[], name: string): readonly string[] {
  let values: string[] | undefined;
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const field = rawHeaders[index] ?? "";
    // Its length first: this runs over every header of every call, and hardly any is it.
    if (field.length !== name.length || field.toLowerCase() !== name) continue;
    values ??= [];
    values.push(rawHeaders[index + 1] ?? "");
  }
  return values ?? NONE;
}

const BEYOND_ASCII = /[\u0080-\u00ff]/g;

/** A header's value with its bytes beyond ASCII (Latin-1 here, as in all of node:http) percent-encoded (RFC 3986, 2.5). */
export function asciiValue(value: string): string {
  return value.replace(BEYOND_ASCII, (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** What an `Authorization: Bearer` header can carry (RFC 6750, 2.1). JSON writes it as it is. */
export const B64_TOKEN = /^[A-Za-z0-9\-._~+/]+=*$/;

/** One challenge of `WWW-Authenticate`. */
export interface Challenge {
  /** In lower case. */
  readonly scheme: string;
  /** By name in lower case; quoting is undone. */
  readonly parameters: ReadonlyMap<string, string>;
}

const MAX_CHARACTERS = 16_384;
const MAX_CHALLENGES = 16;
const MAX_PARAMETERS = 64;

/** RFC 9110, 5.6.2. Sticky, like all of them here: each character is looked at a bounded number of times. */
const TOKEN = /[!#$%&'*+\-.^_`|~0-9A-Za-z]+/y;
/** RFC 9110, 11.2: only where nothing but the challenge's end follows, since `a` and `a=` could begin a parameter too. */
const TOKEN68 = /[-._~+/0-9A-Za-z]+=*(?=[ \t]*(?:,|$))/y;
const EQUALS = /[ \t]*=[ \t]*/y;
/** RFC 9110, 5.6.4. */
const QUOTED_STRING = /"((?:[\t\x20\x21\x23-\x5b\x5d-\x7e\x80-\xff]|\\[\t\x20-\x7e\x80-\xff])*)"/y;
const SPACES = / +/y;
/** List elements may be empty (RFC 9110, 5.6.1.2). */
const SEPARATORS = /[ \t]*(?:,[ \t]*)+/y;
const BLANKS = /[ \t,]*/y;
const END = /[ \t]*$/y;

/**
 * The challenges of all `WWW-Authenticate` fields of an answer (RFC 9110, 11.6.1). A field that does not follow the grammar,
 * is very long, or names a parameter twice holds none: what its sender meant cannot be known.
 */
export function challengesOf(fields: readonly string[]): readonly Challenge[] {
  return fields.flatMap((field) => (field.length > MAX_CHARACTERS ? [] : (new FieldReader(field).challenges() ?? [])));
}

/** Reads one field from left to right. */
class FieldReader {
  readonly #field: string;
  #at = 0;

  constructor(field: string) {
    this.#field = field;
  }

  /** Undefined for a field that is malformed anywhere. */
  challenges(): Challenge[] | undefined {
    const challenges: Challenge[] = [];
    this.#take(BLANKS);
    while (this.#at < this.#field.length) {
      const challenge = this.#challenge();
      if (challenge === undefined || challenges.length === MAX_CHALLENGES) return undefined;
      challenges.push(challenge);
    }
    return challenges;
  }

  #challenge(): Challenge | undefined {
    const scheme = this.#take(TOKEN)?.[0]?.toLowerCase();
    if (scheme === undefined) return undefined;
    const parameters = new Map<string, string>();
    if (this.#take(SPACES) !== undefined && this.#take(TOKEN68) === undefined && !this.#parameters(parameters)) {
      return undefined;
    }
    const over = this.#take(END) !== undefined || this.#take(SEPARATORS) !== undefined;
    return over ? { scheme, parameters } : undefined;
  }

  /** Reads up to the separator before the next challenge. @returns false for what is malformed */
  #parameters(into: Map<string, string>): boolean {
    let end = this.#at;
    this.#take(BLANKS);
    while (this.#take(END) === undefined) {
      const name = this.#take(TOKEN)?.[0]?.toLowerCase();
      if (name === undefined) return false;
      if (this.#take(EQUALS) === undefined) {
        // No parameter, but the next challenge's scheme.
        this.#at = end;
        return true;
      }
      const value = this.#value();
      if (value === undefined || into.has(name) || into.size === MAX_PARAMETERS) return false;
      into.set(name, value);
      end = this.#at;
      if (this.#take(SEPARATORS) === undefined) return true;
    }
    return true;
  }

  #value(): string | undefined {
    const quoted = this.#take(QUOTED_STRING)?.[1];
    return quoted === undefined ? this.#take(TOKEN)?.[0] : quoted.replace(/\\(.)/g, "$1");
  }

  #take(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#field);
    if (found === null) return undefined;
    this.#at = pattern.lastIndex;
    return found;
  }
}
