import { refuse } from "../errors.ts";
import type { Argument, Expression, Initializer, InitializerItem, TypeSyntax } from "./ast.ts";
import { parseArguments } from "./parsePrimary.ts";
import type { Parser } from "./parserInterface.ts";
import { parseNonArray, parseRanks } from "./parseType.ts";

/** Everything that `new` begins: objects with initialisers, arrays, anonymous objects. */
export function parseNew(parser: Parser): Expression {
  const { tokens } = parser;
  const at = tokens.expect("new").start;
  if (tokens.is("{")) return { kind: "anonymous", at, members: parseAnonymous(parser) };
  if (tokens.is("(")) refuse("'new()' without a type is newer than C# 7", "new", at);
  if (tokens.is("[")) {
    tokens.next();
    if (!tokens.is("]")) refuse("an array of several dimensions is not supported", "new[,]", at);
    tokens.next();
    return { kind: "newArray", at, elementType: undefined, size: undefined, items: parseItems(parser) };
  }
  const base = parseNonArray(tokens) ?? tokens.fail("a type was expected");
  const nullable = tokens.is("?") && tokens.is("[", 1) && tokens.accept("?");
  const type: TypeSyntax = { ...base, nullable, ranks: 0 };
  if (tokens.is("[")) return parseNewArray(parser, at, type);
  if (!tokens.is("(") && !tokens.is("{")) tokens.fail("'(' expected");
  const args: readonly Argument[] = tokens.is("(") ? parseArguments(parser, "(", ")") : [];
  return { kind: "new", at, type, args, initializer: tokens.is("{") ? parseInitializer(parser) : undefined };
}

function parseNewArray(parser: Parser, at: number, type: TypeSyntax): Expression {
  const { tokens } = parser;
  tokens.next();
  const size = tokens.is("]") ? undefined : parser.expression();
  if (tokens.is(",")) refuse("an array of several dimensions is not supported", "new[,]", at);
  tokens.expect("]");
  const elementType = { ...type, ranks: parseRanks(tokens) };
  const items = tokens.is("{") ? parseItems(parser) : undefined;
  if (size === undefined && items === undefined) tokens.fail("an array needs a size or items");
  return { kind: "newArray", at, elementType, size, items };
}

/** `{ a, b }` as array items, nested for arrays of arrays. */
export function parseItems(parser: Parser): Expression[] {
  const { tokens } = parser;
  tokens.expect("{");
  const items: Expression[] = [];
  while (!tokens.is("}")) {
    if (tokens.is("{")) refuse("nested array initialisers are not supported", "{", tokens.at);
    items.push(parser.expression());
    if (!tokens.accept(",")) break;
  }
  tokens.expect("}");
  return items;
}

function parseInitializer(parser: Parser): Initializer {
  const { tokens } = parser;
  tokens.expect("{");
  const items: InitializerItem[] = [];
  while (!tokens.is("}")) {
    items.push(parseInitializerItem(parser));
    if (!tokens.accept(",")) break;
  }
  tokens.expect("}");
  return items;
}

function parseInitializerItem(parser: Parser): InitializerItem {
  const { tokens } = parser;
  const at = tokens.at;
  if (tokens.is("[")) {
    const args = parseArguments(parser, "[", "]");
    tokens.expect("=");
    return { kind: "index", at, args, value: parser.expression() };
  }
  if (tokens.is("{")) return { kind: "add", at, args: parseItems(parser) };
  if (tokens.isIdentifier() && tokens.is("=", 1)) {
    const name = tokens.identifier();
    tokens.next();
    return { kind: "member", at, name, value: tokens.is("{") ? parseInitializer(parser) : parser.expression() };
  }
  return { kind: "add", at, args: [parser.expression()] };
}

function parseAnonymous(parser: Parser): { readonly name: string; readonly value: Expression }[] {
  const { tokens } = parser;
  tokens.expect("{");
  const members: { readonly name: string; readonly value: Expression }[] = [];
  while (!tokens.is("}")) {
    const at = tokens.at;
    const named = tokens.isIdentifier() && tokens.is("=", 1) ? tokens.identifier() : undefined;
    if (named !== undefined) tokens.next();
    const value = parser.expression();
    const name = named ?? impliedName(value) ?? refuse("a member of an anonymous object needs a name", "new { }", at);
    members.push({ name, value });
    if (!tokens.accept(",")) break;
  }
  tokens.expect("}");
  return members;
}

function impliedName(value: Expression): string | undefined {
  if (value.kind === "name" || value.kind === "member") return value.name;
  return value.kind === "conditionalAccess" ? impliedName(value.whenNotNull) : undefined;
}
