import { refuse } from "../errors.ts";
import type { Expression, Pattern } from "./ast.ts";
import type { Parser } from "./parserInterface.ts";
import { parseType, tryParseType } from "./parseType.ts";

const PRECEDENCE: Record<string, number> = {
  "??": 1,
  "||": 2,
  "&&": 3,
  "|": 4,
  "^": 5,
  "&": 6,
  "==": 7,
  "!=": 7,
  "<": 8,
  ">": 8,
  "<=": 8,
  ">=": 8,
  is: 8,
  as: 8,
  "<<": 9,
  ">>": 9,
  "+": 10,
  "-": 10,
  "*": 11,
  "/": 11,
  "%": 11,
};

/** Binary operators by precedence climbing; `??` is right associative, the others left. */
export function parseBinary(parser: Parser, minimum = 1): Expression {
  const { tokens } = parser;
  let left = parser.unary();
  while (true) {
    const operator = peekOperator(parser);
    const precedence = operator === undefined ? undefined : PRECEDENCE[operator];
    if (operator === undefined || precedence === undefined || precedence < minimum) return left;
    const at = tokens.at;
    if (operator === "??" && tokens.is("=", 1)) return left;
    tokens.next();
    if (operator === ">>") tokens.next();
    if (operator === "is") left = { kind: "is", at, value: left, pattern: parsePattern(parser) };
    else if (operator === "as") left = { kind: "as", at, value: left, type: parseAsType(parser) };
    else if (operator === "??" && tokens.is("throw"))
      left = { kind: "binary", at, operator, left, right: parser.expression() };
    else {
      const right = parseBinary(parser, operator === "??" ? precedence : precedence + 1);
      left = { kind: "binary", at, operator, left, right };
    }
  }
}

function peekOperator({ tokens }: Parser): string | undefined {
  const token = tokens.peek();
  if (token.kind !== "operator" && token.kind !== "keyword") return undefined;
  if (token.text === ">" && tokens.is(">", 1) && tokens.peek(1).start === token.end) return ">>";
  if (token.text === ">" && tokens.is(">=", 1) && tokens.peek(1).start === token.end) return undefined;
  return token.text;
}

// `x as T ? a : b`: the `?` makes T nullable only when no operand can follow it.
function parseAsType(parser: Parser) {
  const { tokens } = parser;
  const type = tryParseType(tokens, { nullable: false }) ?? parseType(tokens);
  if (!tokens.is("?") || type.ranks > 0 || startsOperand(parser, 1)) return type;
  tokens.next();
  return { ...type, nullable: true };
}

function startsOperand({ tokens }: Parser, ahead: number): boolean {
  const token = tokens.peek(ahead);
  if (token.kind === "operator") return ["(", "-", "+", "!", "~", "++", "--"].includes(token.text);
  return token.kind !== "end" && !(token.kind === "keyword" && ["is", "as"].includes(token.text));
}

/** The right side of `is`, or what follows `case`: C# 7 patterns. */
export function parsePattern(parser: Parser): Pattern {
  const { tokens } = parser;
  const at = tokens.at;
  if (tokens.isIdentifier("not") && !tokens.is(")", 1)) refuse("'not' patterns are newer than C# 7", "not", at);
  if (tokens.is("{")) refuse("property patterns are newer than C# 7", "{", at);
  if (tokens.isIdentifier("var") && tokens.isIdentifier(undefined, 1)) {
    tokens.next();
    return { kind: "var", at, name: tokens.identifier() };
  }
  const declared = tokens.attempt((): Pattern | undefined => {
    const type = tryParseType(tokens, { nullable: false });
    if (type === undefined) return undefined;
    const nullable = tokens.is("?") && !startsOperand(parser, 1) && type.ranks === 0;
    if (nullable) tokens.next();
    const full = nullable ? { ...type, nullable } : type;
    if (tokens.isIdentifier() && !["when", "and", "or"].includes(tokens.peek().text)) {
      return { kind: "declaration", at, type: full, name: tokens.identifier() };
    }
    if (tokens.isIdentifier("and") || tokens.isIdentifier("or"))
      refuse("combined patterns are newer than C# 7", tokens.peek().text, tokens.at);
    // A plain name may be a type or a constant: the binder decides.
    const predefined = tokens.peek(-1).kind === "keyword" || nullable || type.ranks > 0 || type.args.length > 0;
    return predefined && !tokens.is(".") && !tokens.is("(")
      ? { kind: "declaration", at, type: full, name: undefined }
      : undefined;
  });
  if (declared !== undefined) return declared;
  if (["<", ">", "<=", ">="].some((operator) => tokens.is(operator)))
    refuse("relational patterns are newer than C# 7", tokens.peek().text, at);
  return { kind: "constant", at, value: parseBinary(parser, 9) };
}
