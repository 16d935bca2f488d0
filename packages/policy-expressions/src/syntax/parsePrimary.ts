import { refuse } from "../errors.ts";
import type { Argument, Expression, InterpolatedPart } from "./ast.ts";
import type { Parser } from "./parserInterface.ts";
import { parseType, tryParseExpressionTypeArguments } from "./parseType.ts";
import { PREDEFINED_TYPES } from "./token.ts";

export function parsePrimary(parser: Parser): Expression {
  return parsePostfix(parser, parseAtom(parser));
}

function parsePostfix(parser: Parser, start: Expression): Expression {
  const { tokens } = parser;
  let value = start;
  while (true) {
    const at = tokens.at;
    if (tokens.is(".")) {
      tokens.next();
      const nameAt = tokens.at;
      value = {
        kind: "member",
        at: nameAt,
        target: value,
        name: tokens.identifier(),
        typeArgs: tryParseExpressionTypeArguments(parser.tokens),
      };
    } else if (tokens.is("(")) value = { kind: "call", at, target: value, args: parseArguments(parser, "(", ")") };
    else if (tokens.is("[")) value = { kind: "index", at, target: value, args: parseArguments(parser, "[", "]") };
    else if (tokens.is("?.") || (tokens.is("?") && tokens.is("[", 1) && isConditionalIndex(parser))) {
      const dot = tokens.next().text === "?.";
      const receiver: Expression = { kind: "receiver", at };
      const nameAt = tokens.at;
      const first: Expression = dot
        ? {
            kind: "member",
            at: nameAt,
            target: receiver,
            name: tokens.identifier(),
            typeArgs: tryParseExpressionTypeArguments(parser.tokens),
          }
        : { kind: "index", at, target: receiver, args: parseArguments(parser, "[", "]") };
      return { kind: "conditionalAccess", at, target: value, whenNotNull: parsePostfix(parser, first) };
    } else if (tokens.is("++") || tokens.is("--")) {
      value = { kind: "step", at, operator: tokens.next().text === "++" ? "++" : "--", prefix: false, value };
    } else if (tokens.is("->") || tokens.is("::"))
      refuse(`'${tokens.peek().text}' is not supported`, tokens.peek().text, at);
    else if (tokens.is("switch")) refuse("switch expressions are newer than C# 7", "switch", at);
    else return value;
  }
}

// `a ? [` can only be a conditional access: nothing in C# 7 starts with '['.
function isConditionalIndex({ tokens }: Parser): boolean {
  return tokens.peek(1).start === tokens.peek().end || tokens.is("[", 1);
}

export function parseArguments(parser: Parser, open: string, close: string): Argument[] {
  const { tokens } = parser;
  tokens.expect(open);
  const args: Argument[] = [];
  while (!tokens.is(close)) {
    if (args.length > 0) tokens.expect(",");
    args.push(parseArgument(parser));
  }
  tokens.next();
  return args;
}

function parseArgument(parser: Parser): Argument {
  const { tokens } = parser;
  const at = tokens.at;
  let name: string | undefined;
  if (tokens.isIdentifier() && tokens.is(":", 1)) {
    name = tokens.identifier();
    tokens.next();
  }
  if (tokens.is("ref") || tokens.is("in"))
    refuse(`'${tokens.peek().text}' arguments are not supported`, tokens.peek().text, at);
  if (!tokens.accept("out")) return { at, name, modifier: undefined, value: parser.expression() };
  const valueAt = tokens.at;
  const declared = tokens.attempt(() => {
    const keyword = tokens.peek().kind === "keyword";
    if (!keyword && !tokens.isIdentifier()) return undefined;
    const type = parseType(tokens);
    return tokens.isIdentifier() ? { type, name: tokens.identifier() } : undefined;
  });
  if (declared !== undefined)
    return { at, name, modifier: "out", value: { kind: "outDeclaration", at: valueAt, ...declared } };
  return { at, name, modifier: "out", value: parser.expression() };
}

function parseAtom(parser: Parser): Expression {
  const { tokens } = parser;
  const token = tokens.peek();
  const at = token.start;
  if (token.literal !== undefined) {
    tokens.next();
    return { kind: "literal", at, ...token.literal };
  }
  if (token.parts !== undefined) return parseInterpolated(parser);
  if (token.kind === "identifier") {
    if (token.text === "nameof" && tokens.is("(", 1)) return parseNameOf(parser);
    tokens.next();
    return { kind: "name", at, name: token.text, typeArgs: tryParseExpressionTypeArguments(tokens) };
  }
  if (token.kind === "operator" && token.text === "(") return parseParenthesized(parser);
  if (token.kind === "keyword") return parseKeyword(parser);
  return tokens.fail("an expression was expected");
}

function parseParenthesized(parser: Parser): Expression {
  const { tokens } = parser;
  const at = tokens.next().start;
  const value = parser.expression();
  if (tokens.is(",")) refuse("tuples are not on the documented list of allowed types", "System.ValueTuple", at);
  tokens.expect(")");
  return { kind: "parenthesized", at, value };
}

function parseKeyword(parser: Parser): Expression {
  const { tokens } = parser;
  const { text, start: at } = tokens.peek();
  if (text === "new") return parser.creation();
  if (PREDEFINED_TYPES.has(text)) {
    tokens.next();
    if (!tokens.is(".")) tokens.fail("'.' expected");
    return { kind: "typeName", at, type: { at, name: text, args: [], nullable: false, ranks: 0 } };
  }
  tokens.next();
  switch (text) {
    case "null":
      return { kind: "literal", at, type: "null", value: 0 };
    case "true":
    case "false":
      return { kind: "literal", at, type: "bool", value: text === "true" ? 1 : 0 };
    case "typeof":
    case "default": {
      if (text === "default" && !tokens.is("(")) return { kind: "literal", at, type: "default", value: 0 };
      tokens.expect("(");
      const type = parseType(tokens);
      tokens.expect(")");
      return { kind: text, at, type };
    }
    case "checked":
    case "unchecked": {
      tokens.expect("(");
      const value = parser.expression();
      tokens.expect(")");
      return { kind: "checked", at, checked: text === "checked", value };
    }
    default:
      return refuse(`'${text}' is not supported in an expression`, text, at);
  }
}

function parseNameOf({ tokens }: Parser): Expression {
  const at = tokens.next().start;
  tokens.expect("(");
  let name = tokens.identifier();
  while (tokens.accept(".")) name = tokens.identifier();
  tokens.expect(")");
  return { kind: "nameof", at, name };
}

function parseInterpolated(parser: Parser): Expression {
  const token = parser.tokens.next();
  const parts = (token.parts ?? []).map((part): InterpolatedPart => {
    if (part.kind === "text") return part;
    const value = parseRange(parser, part.start, part.end);
    const alignment = part.alignment && parseRange(parser, part.alignment.start, part.alignment.end);
    return { kind: "hole", value, alignment, format: part.format };
  });
  return { kind: "interpolated", at: token.start, parts };
}

function parseRange(parser: Parser, start: number, end: number): Expression {
  const inner = parser.within(start, end);
  const value = inner.expression();
  if (inner.tokens.peek().kind !== "end") inner.tokens.fail("'}' expected");
  return value;
}
