import type { Block, Expression } from "./ast.ts";
import { tokenize } from "./lexer.ts";
import { parseAssignment } from "./parseAssignment.ts";
import { parseBinary } from "./parseBinary.ts";
import { parseNew } from "./parseNew.ts";
import { parsePrimary } from "./parsePrimary.ts";
import { parseQuery } from "./parseQuery.ts";
import type { Parser } from "./parserInterface.ts";
import { parseBlock, parseStatement } from "./parseStatement.ts";
import { parseUnary } from "./parseUnary.ts";
import { TokenStream } from "./tokenStream.ts";

/** What a policy expression holds: one C# expression, or the block of a method that returns a value. */
export type Program =
  | { readonly kind: "expression"; readonly value: Expression }
  | { readonly kind: "body"; readonly block: Block };

/** Parses `@(expression)` or `@{ statements }`, the whole source; throws ExpressionRefusedError. */
export function parseProgram(source: string): Program {
  const at = source.length - source.trimStart().length;
  const end = source.trimEnd().length;
  const open = source.slice(at, at + 2);
  if (open === "@(") {
    const parser = createParser(source, at + 1, end);
    parser.tokens.expect("(");
    const value = parser.expression();
    parser.tokens.expect(")");
    expectEnd(parser);
    return { kind: "expression", value };
  }
  const parser = createParser(source, open === "@{" ? at + 1 : at, end);
  if (open !== "@{") parser.tokens.fail("a policy expression starts with '@(' or '@{'");
  const block = parser.block();
  expectEnd(parser);
  return { kind: "body", block };
}

function expectEnd(parser: Parser): void {
  if (parser.tokens.peek().kind !== "end") parser.tokens.fail("nothing may follow the expression");
}

function createParser(source: string, start: number, end: number): Parser {
  const parser: Parser = {
    tokens: new TokenStream(source, tokenize(source, start, end)),
    expression: () => parseAssignment(parser),
    binary: () => parseBinary(parser),
    unary: () => parseUnary(parser),
    primary: () => parsePrimary(parser),
    creation: () => parseNew(parser),
    query: () => parseQuery(parser),
    statement: () => parseStatement(parser),
    block: () => parseBlock(parser),
    within: (from, to) => createParser(source, from, to),
  };
  return parser;
}
