import { unsupported } from "../../errors.ts";
import { raise } from "../exception.ts";
import { Float } from "../number.ts";
import { toNumber } from "../numeric.ts";
import { JArrayValue } from "./jsonArray.ts";
import { JObjectValue } from "./jsonObject.ts";
import { JValueValue } from "./jsonValue.ts";
import type { JTokenValue } from "./token.ts";

/** A JSONPath filter: paths and literals compared, joined by && and ||. */
export type Condition =
  | { readonly kind: "and" | "or"; readonly parts: readonly Condition[] }
  | {
      readonly kind: "compare";
      readonly left: Term;
      readonly operator: string | undefined;
      readonly right: Term | undefined;
    };
type Term = { readonly path: string } | { readonly literal: JValueValue };

const SPACE = /\s*/y;
const OPERATOR = /===|!==|==|!=|<>|<=|>=|=~|<|>/y;
const TERM_PATH = /[@$](?:\.\.?[^\s.[\]()=!<>&|]+|\[[^\]]*\])*/y;
const LITERAL = /'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|(true|false|null)|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)/y;

/** Parses from after `[?(`; `end` is the offset after the closing parenthesis. */
export function parseFilter(path: string, start: number): { readonly condition: Condition; readonly end: number } {
  let at = start;
  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(path);
    if (found !== null) at += found[0].length;
    return found;
  };
  const take = (text: string): boolean => {
    match(SPACE);
    if (!path.startsWith(text, at)) return false;
    at += text.length;
    return true;
  };
  const either = (): Condition => {
    const parts = [both()];
    while (take("||")) parts.push(both());
    return parts.length === 1 && parts[0] !== undefined ? parts[0] : { kind: "or", parts };
  };
  const both = (): Condition => {
    const parts = [single()];
    while (take("&&")) parts.push(single());
    return parts.length === 1 && parts[0] !== undefined ? parts[0] : { kind: "and", parts };
  };
  const single = (): Condition => {
    if (take("(")) {
      const inner = either();
      if (!take(")")) raise("JsonException");
      return inner;
    }
    const left = term();
    match(SPACE);
    const operator = match(OPERATOR)?.[0];
    return { kind: "compare", left, operator, right: operator === undefined ? undefined : term() };
  };
  const term = (): Term => {
    match(SPACE);
    const found = match(TERM_PATH);
    if (found !== null) return { path: found[0] };
    const literal = match(LITERAL) ?? raise("JsonException");
    const [, single, double, word, number] = literal;
    const text = single ?? double;
    if (text !== undefined) return { literal: new JValueValue(text.replace(/\\(.)/g, "$1")) };
    if (number !== undefined)
      return { literal: new JValueValue(/^-?\d+$/.test(number) ? BigInt(number) : Float.double(Number(number))) };
    return { literal: new JValueValue(word === "null" ? null : word === "true") };
  };
  const condition = either();
  if (!take(")")) raise("JsonException");
  return { condition, end: at };
}

type Select = (from: JTokenValue, path: string) => JTokenValue[];

export function evaluateFilter(condition: Condition, token: JTokenValue, select: Select): boolean {
  if (condition.kind !== "compare") {
    const holds = (part: Condition): boolean => evaluateFilter(part, token, select);
    return condition.kind === "and" ? condition.parts.every(holds) : condition.parts.some(holds);
  }
  const left = resolve(condition.left, token, select);
  const { operator, right } = condition;
  if (operator === undefined || right === undefined) return left.length > 0;
  return left.some((a) => resolve(right, token, select).some((b) => compare(a, operator, b)));
}

function resolve(term: Term, token: JTokenValue, select: Select): JTokenValue[] {
  return "path" in term ? select(token, term.path) : [term.literal];
}

function compare(a: JTokenValue, operator: string, b: JTokenValue): boolean {
  if (operator === "=~" || operator === "===" || operator === "!==")
    return unsupported(`'${operator}' in a JSONPath filter`);
  if (!(a instanceof JValueValue) || !(b instanceof JValueValue)) {
    const containers =
      a instanceof JObjectValue || a instanceof JArrayValue || b instanceof JObjectValue || b instanceof JArrayValue;
    return containers && (operator === "!=" || operator === "<>");
  }
  const order = orderOf(a, b);
  switch (operator) {
    case "==":
      return order === 0;
    case "!=":
    case "<>":
      return order !== 0;
    case "<":
      return order !== undefined && order < 0;
    case ">":
      return order !== undefined && order > 0;
    case "<=":
      return order !== undefined && order <= 0;
    default:
      return order !== undefined && order >= 0;
  }
}

// Numbers by size, text by ordinal order; of different kinds nothing is equal. A number against text is Newtonsoft's own affair.
function orderOf(a: JValueValue, b: JValueValue): number | undefined {
  const [x, y] = [a.value, b.value];
  const number = (value: typeof x): boolean =>
    typeof value === "number" || typeof value === "bigint" || value instanceof Float;
  if (number(x) && number(y)) return Math.sign(toNumber(x) - toNumber(y));
  if (typeof x === "string" && typeof y === "string") return x < y ? -1 : Number(x > y);
  if (typeof x === "boolean" && typeof y === "boolean") return Number(x) - Number(y);
  if (x === null || y === null) return x === y ? 0 : undefined;
  return unsupported("comparing values of different kinds in a JSONPath filter");
}
