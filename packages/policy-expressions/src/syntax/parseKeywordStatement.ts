import { refuse } from "../errors.ts";
import type { CaseLabel, CatchClause, Declaration, Expression, Statement, Switch, Try } from "./ast.ts";
import { parsePattern } from "./parseBinary.ts";
import type { Parser } from "./parserInterface.ts";
import { parseType } from "./parseType.ts";

type Declare = (parser: Parser) => Declaration | undefined;
const REFUSED = new Set(["goto", "lock", "fixed", "unsafe", "checked", "unchecked"]);

/** A statement that begins with a keyword; undefined when the keyword belongs to an expression or a declaration. */
export function parseKeywordStatement(parser: Parser, declare: Declare): Statement | undefined {
  const { tokens } = parser;
  const { text, start: at } = tokens.peek();
  if (REFUSED.has(text) && !(text.endsWith("checked") && tokens.is("(", 1)))
    refuse(`'${text}' statements are not supported`, text, at);
  switch (text) {
    case "if":
      return parseIf(parser, at);
    case "for":
      return parseFor(parser, at, declare);
    case "foreach":
      return parseForEach(parser, at);
    case "while": {
      tokens.next();
      const test = parseCondition(parser);
      return { kind: "while", at, test, body: parser.statement() };
    }
    case "do":
      return parseDo(parser, at);
    case "switch":
      return parseSwitch(parser, at);
    case "try":
      return parseTry(parser, at);
    case "using":
      return parseUsing(parser, at, declare);
    case "return":
    case "throw": {
      tokens.next();
      const value = tokens.is(";") ? undefined : parser.expression();
      tokens.expect(";");
      return { kind: text === "return" ? "return" : "throwStatement", at, value };
    }
    case "break":
    case "continue":
      tokens.next();
      tokens.expect(";");
      return { kind: text, at };
    default:
      return undefined;
  }
}

function parseCondition(parser: Parser): Expression {
  parser.tokens.expect("(");
  const test = parser.expression();
  parser.tokens.expect(")");
  return test;
}

function parseIf(parser: Parser, at: number): Statement {
  parser.tokens.next();
  const test = parseCondition(parser);
  const then = parser.statement();
  return { kind: "if", at, test, then, otherwise: parser.tokens.accept("else") ? parser.statement() : undefined };
}

function parseDo(parser: Parser, at: number): Statement {
  parser.tokens.next();
  const body = parser.statement();
  parser.tokens.expect("while");
  const test = parseCondition(parser);
  parser.tokens.expect(";");
  return { kind: "do", at, test, body };
}

function parseFor(parser: Parser, at: number, declare: Declare): Statement {
  const { tokens } = parser;
  tokens.next();
  tokens.expect("(");
  const initial = tokens.is(";") ? [] : (declare(parser) ?? parseExpressions(parser, ";"));
  tokens.expect(";");
  const test = tokens.is(";") ? undefined : parser.expression();
  tokens.expect(";");
  const step = parseExpressions(parser, ")");
  tokens.expect(")");
  return { kind: "for", at, initial, test, step, body: parser.statement() };
}

function parseExpressions(parser: Parser, close: string): Expression[] {
  const found: Expression[] = [];
  while (!parser.tokens.is(close)) {
    if (found.length > 0) parser.tokens.expect(",");
    found.push(parser.expression());
  }
  return found;
}

function parseForEach(parser: Parser, at: number): Statement {
  const { tokens } = parser;
  tokens.next();
  tokens.expect("(");
  if (tokens.is("(") || (tokens.isIdentifier("var") && tokens.is("(", 1)))
    refuse("tuples are not supported", "System.ValueTuple", tokens.at);
  const type = parseType(tokens);
  const name = tokens.identifier();
  tokens.expect("in");
  const source = parser.expression();
  tokens.expect(")");
  return { kind: "foreach", at, type, name, source, body: parser.statement() };
}

function parseSwitch(parser: Parser, at: number): Switch {
  const { tokens } = parser;
  tokens.next();
  const value = parseCondition(parser);
  tokens.expect("{");
  const sections: { labels: CaseLabel[]; statements: Statement[] }[] = [];
  while (!tokens.accept("}")) {
    const labels: CaseLabel[] = [];
    while (tokens.is("case") || (tokens.is("default") && tokens.is(":", 1))) labels.push(parseLabel(parser));
    if (labels.length === 0) tokens.fail("'case' or 'default' expected");
    const statements: Statement[] = [];
    while (!tokens.is("}") && !tokens.is("case") && !(tokens.is("default") && tokens.is(":", 1)))
      statements.push(parser.statement());
    sections.push({ labels, statements });
  }
  return { kind: "switch", at, value, sections };
}

function parseLabel(parser: Parser): CaseLabel {
  const { tokens } = parser;
  const at = tokens.at;
  if (tokens.next().text === "default") {
    tokens.expect(":");
    return { at, pattern: undefined, when: undefined };
  }
  const pattern = parsePattern(parser);
  const when = tokens.acceptIdentifier("when") ? parser.expression() : undefined;
  tokens.expect(":");
  return { at, pattern, when };
}

function parseTry(parser: Parser, at: number): Try {
  const { tokens } = parser;
  tokens.next();
  const block = parser.block();
  const catches: CatchClause[] = [];
  while (tokens.is("catch")) {
    const catchAt = tokens.next().start;
    const typed = tokens.accept("(");
    const type = typed ? parseType(tokens) : undefined;
    const name = typed && tokens.isIdentifier() ? tokens.identifier() : undefined;
    if (typed) tokens.expect(")");
    const when = tokens.acceptIdentifier("when") ? parseCondition(parser) : undefined;
    catches.push({ at: catchAt, type, name, when, block: parser.block() });
  }
  const last = tokens.accept("finally") ? parser.block() : undefined;
  if (catches.length === 0 && last === undefined) tokens.fail("'catch' or 'finally' expected");
  return { kind: "try", at, block, catches, finally: last };
}

function parseUsing(parser: Parser, at: number, declare: Declare): Statement {
  const { tokens } = parser;
  tokens.next();
  if (!tokens.is("(")) refuse("using declarations are newer than C# 7", "using", at);
  tokens.next();
  const resource = declare(parser) ?? parser.expression();
  tokens.expect(")");
  return { kind: "using", at, resource, body: parser.statement() };
}
