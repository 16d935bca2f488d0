import type { Block, Expression, Statement } from "./ast.ts";
import type { TokenStream } from "./tokenStream.ts";

/** The grammar's mutually recursive parts, so that their files need not import each other. */
export interface Parser {
  readonly tokens: TokenStream;
  expression(): Expression;
  /** Operators above the conditional: no assignment, no lambda, no `?:`. */
  binary(): Expression;
  unary(): Expression;
  primary(): Expression;
  creation(): Expression;
  query(): Expression;
  statement(): Statement;
  block(): Block;
  /** A parser of another range of the same source (holes of interpolated strings). */
  within(start: number, end: number): Parser;
}
