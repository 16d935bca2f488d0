import type { TypeSyntax } from "./ast.ts";
import { PREDEFINED_TYPES } from "./token.ts";
import type { TokenStream } from "./tokenStream.ts";

/** A type where one must stand. */
export function parseType(tokens: TokenStream): TypeSyntax {
  return tryParseType(tokens) ?? tokens.fail("a type was expected");
}

/** A type, or undefined with the position unchanged. `nullable: false` leaves a `?` alone (`x is T ? a : b`). */
export function tryParseType(tokens: TokenStream, options: { nullable?: boolean } = {}): TypeSyntax | undefined {
  return tokens.attempt(() => {
    const base = parseNonArray(tokens);
    if (base === undefined) return undefined;
    const nullable = (options.nullable ?? true) && tokens.accept("?");
    return { ...base, nullable, ranks: parseRanks(tokens) };
  });
}

/** `[]` and `[][]`, not `[,]`. */
export function parseRanks(tokens: TokenStream): number {
  let ranks = 0;
  while (tokens.is("[") && tokens.is("]", 1)) {
    tokens.next();
    tokens.next();
    ranks++;
  }
  return ranks;
}

/** The part of a type before `?` and `[]`: what may follow `new`. */
export function parseNonArray(tokens: TokenStream): Omit<TypeSyntax, "nullable" | "ranks"> | undefined {
  const at = tokens.at;
  if (tokens.peek().kind === "keyword") {
    if (!PREDEFINED_TYPES.has(tokens.peek().text) && !tokens.is("void")) return undefined;
    return { at, name: tokens.next().text, args: [] };
  }
  if (!tokens.isIdentifier()) return undefined;
  let name = tokens.next().text;
  while (tokens.is(".") && tokens.isIdentifier(undefined, 1)) {
    tokens.next();
    name += `.${tokens.next().text}`;
  }
  const args = tokens.is("<") ? tryParseTypeArguments(tokens) : [];
  // A member of a constructed type is not among the allowed types.
  return args === undefined || tokens.is(".") ? undefined : { at, name, args };
}

export function tryParseTypeArguments(tokens: TokenStream): readonly TypeSyntax[] | undefined {
  return tokens.attempt(() => {
    if (!tokens.accept("<")) return undefined;
    const args: TypeSyntax[] = [];
    do {
      const arg = tryParseType(tokens);
      if (arg === undefined) return undefined;
      args.push(arg);
    } while (tokens.accept(","));
    return tokens.accept(">") ? args : undefined;
  });
}

const AFTER_TYPE_ARGUMENTS = new Set([
  "(",
  ")",
  "]",
  "}",
  ":",
  ";",
  ",",
  ".",
  "?",
  "==",
  "!=",
  "|",
  "^",
  "&&",
  "||",
  "&",
  "[",
  "?.",
]);

/** Type arguments in an expression: `f<a>(b)`, told from `f < a` by the token after them, as C# does. */
export function tryParseExpressionTypeArguments(tokens: TokenStream): readonly TypeSyntax[] | undefined {
  return tokens.attempt(() => {
    const args = tryParseTypeArguments(tokens);
    const after = tokens.peek();
    if (args === undefined) return undefined;
    return (after.kind === "operator" && AFTER_TYPE_ARGUMENTS.has(after.text)) || after.kind === "end"
      ? args
      : undefined;
  });
}
