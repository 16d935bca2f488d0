import type { Argument, Expression, Lambda, QueryBody, QueryClause } from "../syntax/ast.ts";

type Query = Extract<Expression, { kind: "query" }>;
type From = QueryClause & { kind: "from" };

/** Translates query syntax into method calls, as C# does (§12.17.3). */
export function bindQuery(query: Query): Expression {
  return translate(start(query.from), [query.from.name], query.body);
}

function start(from: From): Expression {
  if (from.type === undefined || from.type.name === "var") return from.source;
  return {
    kind: "call",
    at: from.at,
    target: { kind: "member", at: from.at, target: from.source, name: "Cast", typeArgs: [from.type] },
    args: [],
  };
}

// `names`: the range variables. Several travel in an anonymous object under the one name.
function translate(source: Expression, names: readonly string[], body: QueryBody): Expression {
  const [clause, ...rest] = body.clauses;
  if (clause === undefined) return finish(source, names, body);
  const next = { ...body, clauses: rest };
  switch (clause.kind) {
    case "where":
      return translate(call(source, "Where", clause.at, [lambda(names, clause.value)]), names, next);
    case "orderby": {
      const sorted = clause.keys.reduce(
        (from, key, i) =>
          call(from, `${i === 0 ? "OrderBy" : "ThenBy"}${key.descending ? "Descending" : ""}`, clause.at, [
            lambda(names, key.value),
          ]),
        source,
      );
      return translate(sorted, names, next);
    }
    case "let": {
      const paired = call(source, "Select", clause.at, [
        lambda(names, together(names, clause.name, clause.value, clause.at)),
      ]);
      return translate(paired, [...names, clause.name], next);
    }
    default: {
      const inner = lambda(names, start(clause));
      const last = rest.length === 0 && body.final.kind === "select";
      const pair =
        last && body.final.kind === "select"
          ? body.final.value
          : together(
              names,
              clause.name,
              { kind: "name", at: clause.at, name: clause.name, typeArgs: undefined },
              clause.at,
            );
      const both = lambda(names, pair, clause.name);
      const joined = call(source, "SelectMany", clause.at, [inner, both]);
      return last ? into(joined, body) : translate(joined, [...names, clause.name], next);
    }
  }
}

function finish(source: Expression, names: readonly string[], body: QueryBody): Expression {
  const { final } = body;
  if (final.kind === "group") {
    const key = lambda(names, final.by);
    const trivial = names.length === 1 && isName(final.value, names[0]);
    return into(call(source, "GroupBy", final.at, trivial ? [key] : [key, lambda(names, final.value)]), body);
  }
  // `select x` of x itself is no call, unless nothing else stands in the query.
  const trivial = names.length === 1 && isName(final.value, names[0]) && source.kind === "call";
  return into(trivial ? source : call(source, "Select", final.at, [lambda(names, final.value)]), body);
}

function into(source: Expression, body: QueryBody): Expression {
  return body.into === undefined ? source : translate(source, [body.into.name], body.into.body);
}

function isName(value: Expression, name: string | undefined): boolean {
  return value.kind === "name" && value.name === name;
}

function call(target: Expression, name: string, at: number, lambdas: readonly Lambda[]): Expression {
  const args = lambdas.map((value): Argument => ({ at, name: undefined, modifier: undefined, value }));
  return { kind: "call", at, target: { kind: "member", at, target, name, typeArgs: undefined }, args };
}

const HOLDER = "<range>";

function together(names: readonly string[], name: string, value: Expression, at: number): Expression {
  const known = names.map((one) => ({
    name: one,
    value: { kind: "name", at, name: one, typeArgs: undefined } as Expression,
  }));
  return { kind: "anonymous", at, members: [...known, { name, value }] };
}

// With several range variables the lambda takes the holder; mentions of the variables become its members.
function lambda(names: readonly string[], body: Expression, second?: string): Lambda {
  const [only] = names;
  const single = names.length === 1 && only !== undefined;
  const first = single ? only : HOLDER;
  const parameters = [first, ...(second === undefined ? [] : [second])].map((name) => ({ name, type: undefined }));
  const inside = single ? body : (replaceNames(body, new Set(names)) as Expression);
  return { kind: "lambda", at: body.at, parameters, body: inside };
}

// Rebuilds a syntax tree with the names of range variables taken from the holder.
function replaceNames(node: unknown, names: ReadonlySet<string>): unknown {
  if (Array.isArray(node)) return node.map((item) => replaceNames(item, names));
  if (typeof node !== "object" || node === null) return node;
  const syntax = node as { readonly kind?: string; readonly name?: string; readonly at?: number };
  if (syntax.kind === "name" && syntax.name !== undefined && names.has(syntax.name)) {
    const at = syntax.at ?? 0;
    return {
      kind: "member",
      at,
      target: { kind: "name", at, name: HOLDER, typeArgs: undefined },
      name: syntax.name,
      typeArgs: undefined,
    };
  }
  return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, replaceNames(value, names)]));
}
