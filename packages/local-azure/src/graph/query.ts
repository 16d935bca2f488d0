import { badRequest, notImplemented, unsupportedQuery } from "./errors.ts";

const OPTIONS = ["$filter", "$search", "$select", "$top"];
const MOST = 999;

/** A query of a collection or of one object, understood. */
export interface Query {
  readonly select: readonly string[] | undefined;
  readonly top: number;
  readonly matches: (item: object) => boolean;
}

/**
 * Understands `property eq 'text'`, `collection/any(x:x eq 'text')` and `$search="property:text"`.
 * @param type of the objects, for Graph's messages
 * @param properties that the type has
 * @throws GraphRefusal 400 for what Graph refuses, 501 for what only it understands.
 */
export function readQuery(
  query: URLSearchParams,
  consistencyLevel: string | undefined,
  type: string,
  properties: readonly string[],
): Query {
  const unknown = [...query.keys()].find((option) => !OPTIONS.includes(option));
  if (unknown?.startsWith("$")) throw notImplemented(`the query option ${unknown}`);
  const known = (name: string): string => {
    if (properties.includes(name)) return name;
    throw badRequest(`Could not find a property named '${name}' on type 'microsoft.graph.${type}'.`);
  };
  const top = Number(query.get("$top") ?? MOST);
  if (!(Number.isInteger(top) && top >= 1 && top <= MOST)) throw badRequest("Invalid page size specified.");
  const filter = query.get("$filter");
  const search = query.get("$search");
  if (search !== null && consistencyLevel !== "eventual") {
    throw unsupportedQuery(
      "Request with $search query parameter only works through MSGraph with a special request header: 'ConsistencyLevel: eventual'",
    );
  }
  const tests = [
    ...(filter === null ? [] : [filterTest(filter, known)]),
    ...(search === null ? [] : [searchTest(search, known)]),
  ];
  return {
    select: query.get("$select")?.split(",").map(known),
    top,
    matches: (item) => tests.every((test) => test(item)),
  };
}

type Test = (item: object) => boolean;
const EQUALS = /^(\w+) eq '((?:[^']|'')*)'$/;
const ANY_EQUALS = /^(\w+)\/any\((\w+):\2 eq '((?:[^']|'')*)'\)$/;
const SEARCH = /^"(\w+):([^"]*)"$/;

function filterTest(filter: string, known: (name: string) => string): Test {
  const any = ANY_EQUALS.exec(filter);
  if (any !== null) {
    const [, name = "", , text = ""] = any;
    const read = property(known(name));
    const wanted = unquoted(text);
    return (item) => [read(item)].flat().some((value) => same(value, wanted));
  }
  const equals = EQUALS.exec(filter);
  if (equals === null) throw badRequest(`Invalid filter clause: ${filter}`);
  const [, name = "", text = ""] = equals;
  const read = property(known(name));
  const wanted = unquoted(text);
  return (item) => same(read(item), wanted);
}

/** Graph searches for words and for beginnings of words. */
function searchTest(search: string, known: (name: string) => string): Test {
  const [, name, text] = SEARCH.exec(search) ?? [];
  if (name === undefined || text === undefined) throw badRequest("Syntax error in the $search query.");
  const read = property(known(name));
  const wanted = text.toLowerCase();
  return (item) => {
    const value = String(read(item)).toLowerCase();
    return value.startsWith(wanted) || value.split(/\W+/).some((word) => word.startsWith(wanted));
  };
}

function property(name: string): (item: object) => unknown {
  return (item) => Object.entries(item).find(([key]) => key === name)?.[1];
}

function unquoted(text: string): string {
  return text.replaceAll("''", "'");
}

/** Graph compares texts without regard to case. */
function same(value: unknown, wanted: string): boolean {
  return typeof value === "string" && value.toLowerCase() === wanted.toLowerCase();
}

/** The object with the selected properties only; without a selection, all. */
export function selected(item: object, select: readonly string[] | undefined): object {
  if (select === undefined) return item;
  return Object.fromEntries(Object.entries(item).filter(([name]) => select.includes(name)));
}
