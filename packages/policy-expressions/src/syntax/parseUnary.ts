import { refuse } from "../errors.ts";
import type { Expression } from "./ast.ts";
import type { Parser } from "./parserInterface.ts";
import { tryParseType } from "./parseType.ts";
import { PREDEFINED_TYPES } from "./token.ts";

const PREFIXES = new Set(["+", "-", "!", "~"]);

export function parseUnary(parser: Parser): Expression {
  const { tokens } = parser;
  const token = tokens.peek();
  if (token.kind === "operator") {
    if (PREFIXES.has(token.text)) {
      tokens.next();
      return { kind: "unary", at: token.start, operator: token.text, value: parser.unary() };
    }
    if (token.text === "++" || token.text === "--") {
      tokens.next();
      return { kind: "step", at: token.start, operator: token.text, prefix: true, value: parser.unary() };
    }
    if (token.text === "&" || token.text === "*") refuse("pointers are not supported", token.text, token.start);
    if (token.text === "^") refuse("'^' indexes are newer than C# 7", "^", token.start);
    if (token.text === "(") {
      const cast = tryParseCast(parser);
      if (cast !== undefined) return cast;
    }
  }
  if (tokens.isIdentifier("await") && (tokens.isIdentifier(undefined, 1) || tokens.is("(", 1))) {
    refuse("'await' is not supported", "await", token.start);
  }
  return parser.primary();
}

function tryParseCast(parser: Parser): Expression | undefined {
  const { tokens } = parser;
  const at = tokens.at;
  const type = tokens.attempt(() => {
    tokens.next();
    const sure = PREDEFINED_TYPES.has(tokens.peek().text) && tokens.peek().kind === "keyword";
    const found = tryParseType(tokens);
    if (found === undefined || !tokens.accept(")")) return undefined;
    const certain = (sure && found.args.length === 0) || found.ranks > 0 || found.nullable;
    return certain || startsCastOperand(parser) ? found : undefined;
  });
  return type === undefined ? undefined : { kind: "cast", at, type, value: parser.unary() };
}

// C# 7.3 §7.7.6: a parenthesised name is a cast when a name, literal, keyword, '(' , '!' or '~' follows.
function startsCastOperand({ tokens }: Parser): boolean {
  const token = tokens.peek();
  if (token.kind === "keyword") return token.text !== "is" && token.text !== "as" && token.text !== "in";
  if (token.kind === "operator") return token.text === "(" || token.text === "!" || token.text === "~";
  return token.kind !== "end";
}
