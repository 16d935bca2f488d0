import { refuse } from "../errors.ts";
import type { Block, Declaration, Expression, LocalFunction, Parameter, Statement } from "./ast.ts";
import { parseKeywordStatement } from "./parseKeywordStatement.ts";
import { parseItems } from "./parseNew.ts";
import type { Parser } from "./parserInterface.ts";
import { parseType, tryParseType } from "./parseType.ts";

export function parseBlock(parser: Parser): Block {
  const { tokens } = parser;
  const at = tokens.expect("{").start;
  const statements: Statement[] = [];
  while (!tokens.is("}")) {
    if (tokens.peek().kind === "end") tokens.fail("'}' expected");
    statements.push(parser.statement());
  }
  tokens.next();
  return { kind: "block", at, statements };
}

export function parseStatement(parser: Parser): Statement {
  const { tokens } = parser;
  const at = tokens.at;
  if (tokens.is("{")) return parser.block();
  if (tokens.accept(";")) return { kind: "empty", at };
  if (tokens.isIdentifier("yield") && (tokens.is("return", 1) || tokens.is("break", 1)))
    refuse("'yield' is not supported", "yield", at);
  if (tokens.isIdentifier() && tokens.is(":", 1)) refuse("labels are not supported", tokens.peek().text, at);
  const byKeyword = tokens.peek().kind === "keyword" ? parseKeywordStatement(parser, parseDeclaration) : undefined;
  if (byKeyword !== undefined) return byKeyword;
  const local = tryParseLocalFunction(parser);
  if (local !== undefined) return local;
  const declaration = parseDeclaration(parser);
  if (declaration !== undefined) {
    tokens.expect(";");
    return declaration;
  }
  const value = parser.expression();
  requireStatementExpression(value);
  tokens.expect(";");
  return { kind: "expression", at, value };
}

const STATEMENT_EXPRESSIONS = new Set(["assign", "call", "step", "new"]);

/** Only assignments, calls, `++`, `--` and `new` may stand as statements. */
export function requireStatementExpression(value: Expression): void {
  const inner = value.kind === "conditionalAccess" ? value.whenNotNull : value;
  if (!STATEMENT_EXPRESSIONS.has(inner.kind))
    refuse("only a call, an assignment, '++', '--' or 'new' can be a statement", inner.kind, value.at);
}

/** `T a = x, b` without the semicolon, or undefined with the position unchanged. */
function parseDeclaration(parser: Parser): Declaration | undefined {
  const { tokens } = parser;
  const at = tokens.at;
  const constant = tokens.accept("const");
  const type = tokens.attempt(() => {
    const found = constant ? parseType(tokens) : tryParseType(tokens);
    const after = tokens.peek(1);
    const declares = found !== undefined && tokens.isIdentifier() && ["=", ";", ",", "in", ")"].includes(after.text);
    return declares ? found : undefined;
  });
  if (type === undefined) return constant ? tokens.fail("a declaration was expected") : undefined;
  const variables: { at: number; name: string; value: Expression | undefined }[] = [];
  do {
    const nameAt = tokens.at;
    const name = tokens.identifier();
    variables.push({ at: nameAt, name, value: tokens.accept("=") ? parseInitialValue(parser) : undefined });
  } while (tokens.accept(","));
  return { kind: "declaration", at, type, constant, variables };
}

function parseInitialValue(parser: Parser): Expression {
  const at = parser.tokens.at;
  return parser.tokens.is("{") ? { kind: "arrayInitializer", at, items: parseItems(parser) } : parser.expression();
}

function tryParseLocalFunction(parser: Parser): LocalFunction | undefined {
  const { tokens } = parser;
  const at = tokens.at;
  const head = tokens.attempt(() => {
    const returns = tryParseType(tokens);
    if (returns === undefined || !tokens.isIdentifier() || !(tokens.is("(", 1) || tokens.is("<", 1))) return undefined;
    return { returns, name: tokens.identifier() };
  });
  if (head === undefined) return undefined;
  if (tokens.is("<")) refuse("generic local functions are not supported", head.name, at);
  tokens.expect("(");
  const parameters: Parameter[] = [];
  while (!tokens.is(")")) {
    if (parameters.length > 0) tokens.expect(",");
    const type = parseType(tokens);
    parameters.push({ type, name: tokens.identifier() });
    if (tokens.is("=")) refuse("optional parameters of local functions are not supported", head.name, tokens.at);
  }
  tokens.next();
  if (!tokens.accept("=>")) return { kind: "localFunction", at, ...head, parameters, body: parser.block() };
  const body = parser.expression();
  tokens.expect(";");
  return { kind: "localFunction", at, ...head, parameters, body };
}
