import { refuse } from "../errors.ts";
import type { Expression, QueryBody, QueryClause } from "./ast.ts";
import type { Parser } from "./parserInterface.ts";
import { tryParseType } from "./parseType.ts";

/** Query syntax: `from x in xs where ... orderby ... select ...`. */
export function parseQuery(parser: Parser): Expression {
  const at = parser.tokens.at;
  return { kind: "query", at, from: parseFrom(parser), body: parseBody(parser) };
}

function parseFrom(parser: Parser): QueryClause & { kind: "from" } {
  const { tokens } = parser;
  const at = tokens.next().start;
  const type = tokens.isIdentifier() && tokens.is("in", 1) ? undefined : tryParseType(tokens);
  const name = tokens.identifier();
  tokens.expect("in");
  return { kind: "from", at, type, name, source: parser.expression() };
}

function parseBody(parser: Parser): QueryBody {
  const { tokens } = parser;
  const clauses: QueryClause[] = [];
  while (true) {
    const at = tokens.at;
    if (tokens.isIdentifier("from")) clauses.push(parseFrom(parser));
    else if (tokens.acceptIdentifier("let")) {
      const name = tokens.identifier();
      tokens.expect("=");
      clauses.push({ kind: "let", at, name, value: parser.expression() });
    } else if (tokens.acceptIdentifier("where")) clauses.push({ kind: "where", at, value: parser.expression() });
    else if (tokens.acceptIdentifier("orderby")) clauses.push({ kind: "orderby", at, keys: parseKeys(parser) });
    else if (tokens.isIdentifier("join")) refuse("'join' clauses are not supported", "join", at);
    else break;
  }
  const final = parseFinal(parser);
  if (!tokens.acceptIdentifier("into")) return { clauses, final, into: undefined };
  return { clauses, final, into: { name: tokens.identifier(), body: parseBody(parser) } };
}

function parseKeys(parser: Parser): { readonly value: Expression; readonly descending: boolean }[] {
  const keys: { readonly value: Expression; readonly descending: boolean }[] = [];
  do {
    const value = parser.expression();
    const descending = parser.tokens.acceptIdentifier("descending");
    if (!descending) parser.tokens.acceptIdentifier("ascending");
    keys.push({ value, descending });
  } while (parser.tokens.accept(","));
  return keys;
}

function parseFinal(parser: Parser): QueryBody["final"] {
  const { tokens } = parser;
  const at = tokens.at;
  if (tokens.acceptIdentifier("select")) return { kind: "select", at, value: parser.expression() };
  if (!tokens.acceptIdentifier("group")) tokens.fail("'select' or 'group' expected");
  const value = parser.expression();
  if (!tokens.acceptIdentifier("by")) tokens.fail("'by' expected");
  return { kind: "group", at, value, by: parser.expression() };
}
