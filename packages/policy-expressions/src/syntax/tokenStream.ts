import { refuse } from "../errors.ts";
import type { Token } from "./token.ts";

/** Tokens with a position that can be moved back, which C#'s ambiguities ask for. */
export class TokenStream {
  readonly source: string;
  private readonly tokens: readonly Token[];
  position = 0;

  constructor(source: string, tokens: readonly Token[]) {
    this.source = source;
    this.tokens = tokens;
  }

  peek(ahead = 0): Token {
    const token = this.tokens[Math.min(this.position + ahead, this.tokens.length - 1)];
    if (token === undefined) throw new Error("a token list always ends with an end token");
    return token;
  }

  next(): Token {
    const token = this.peek();
    if (this.position < this.tokens.length - 1) this.position++;
    return token;
  }

  get at(): number {
    return this.peek().start;
  }

  /** Whether the next token is this operator or keyword. */
  is(text: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.text === text && (token.kind === "operator" || token.kind === "keyword");
  }

  /** Whether the next token is an identifier, with this text if one is given (contextual keywords are identifiers). */
  isIdentifier(text?: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.kind === "identifier" && (text === undefined || token.text === text);
  }

  accept(text: string): boolean {
    if (!this.is(text)) return false;
    this.next();
    return true;
  }

  acceptIdentifier(text: string): boolean {
    if (!this.isIdentifier(text)) return false;
    this.next();
    return true;
  }

  expect(text: string): Token {
    if (!this.is(text)) this.fail(`'${text}' expected`);
    return this.next();
  }

  identifier(): string {
    if (!this.isIdentifier()) this.fail("a name was expected");
    return this.next().text;
  }

  fail(message: string): never {
    const token = this.peek();
    refuse(`${message}, not '${token.text}'`, token.text, token.start);
  }

  /** Runs `read`; when it gives undefined the position is put back. */
  attempt<T>(read: () => T | undefined): T | undefined {
    const start = this.position;
    const result = read();
    if (result === undefined) this.position = start;
    return result;
  }
}
