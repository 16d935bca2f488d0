import { refuse } from "../errors.ts";
import type { Expression, Parameter } from "./ast.ts";
import type { Parser } from "./parserInterface.ts";
import { tryParseType } from "./parseType.ts";

const ASSIGNMENTS = new Set(["=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<="]);
const QUERY_STARTS = new Set(["from"]);

/** The whole expression grammar: lambda, query, assignment, `?:`, then the binary operators. */
export function parseAssignment(parser: Parser): Expression {
  const { tokens } = parser;
  const at = tokens.at;
  if (tokens.is("throw")) {
    tokens.next();
    return { kind: "throw", at, value: parser.expression() };
  }
  if (tokens.is("ref")) refuse("'ref' is not supported", "ref", at);
  if (tokens.isIdentifier() && QUERY_STARTS.has(tokens.peek().text) && startsQuery(parser)) return parser.query();
  const parameters = parseLambdaHead(parser);
  if (parameters !== undefined) {
    const body = tokens.is("{") ? parser.block() : parser.expression();
    return { kind: "lambda", at, parameters, body };
  }
  const left = parseConditional(parser);
  const operator = tokens.peek();
  if (operator.kind !== "operator") return left;
  if (tokens.is(">") && tokens.is(">=", 1) && tokens.peek(1).start === operator.end) {
    tokens.next();
    tokens.next();
    return { kind: "assign", at: operator.start, operator: ">>=", target: left, value: parser.expression() };
  }
  if (tokens.is("??") && tokens.is("=", 1)) refuse("'??=' is newer than C# 7", "??=", operator.start);
  if (!ASSIGNMENTS.has(operator.text)) return left;
  tokens.next();
  return { kind: "assign", at: operator.start, operator: operator.text, target: left, value: parser.expression() };
}

function startsQuery({ tokens }: Parser): boolean {
  return (
    (tokens.isIdentifier(undefined, 1) && (tokens.is("in", 2) || tokens.isIdentifier(undefined, 2))) ||
    tokens.peek(1).kind === "keyword"
  );
}

function parseConditional(parser: Parser): Expression {
  const { tokens } = parser;
  const test = parser.binary();
  const at = tokens.at;
  if (!tokens.accept("?")) return test;
  const whenTrue = parser.expression();
  tokens.expect(":");
  return { kind: "conditional", at, test, whenTrue, whenFalse: parser.expression() };
}

function parseLambdaHead({ tokens }: Parser): readonly Parameter[] | undefined {
  if (tokens.isIdentifier("async") && (tokens.isIdentifier(undefined, 1) || tokens.is("(", 1))) {
    const arrow = tokens.is("=>", 2);
    if (arrow) refuse("'async' is not supported", "async", tokens.at);
  }
  if (tokens.isIdentifier() && tokens.is("=>", 1)) {
    const name = tokens.identifier();
    tokens.next();
    return [{ name, type: undefined }];
  }
  return tokens.attempt(() => {
    if (!tokens.accept("(")) return undefined;
    const parameters: Parameter[] = [];
    while (!tokens.is(")")) {
      if (parameters.length > 0 && !tokens.accept(",")) return undefined;
      const implicit = tokens.isIdentifier() && (tokens.is(",", 1) || tokens.is(")", 1));
      const type = implicit ? undefined : tryParseType(tokens);
      if ((!implicit && type === undefined) || !tokens.isIdentifier()) return undefined;
      parameters.push({ name: tokens.identifier(), type });
    }
    tokens.next();
    return tokens.accept("=>") ? parameters : undefined;
  });
}
