import { unsupported } from "../../errors.ts";
import { raise } from "../exception.ts";
import { JArrayValue } from "./jsonArray.ts";
import { JObjectValue, JPropertyValue } from "./jsonObject.ts";
import { type Condition, evaluateFilter, parseFilter } from "./pathFilter.ts";
import { JContainerValue, type JTokenValue } from "./token.ts";

type Step =
  | { readonly kind: "name"; readonly names: readonly string[] }
  | { readonly kind: "index"; readonly indexes: readonly number[] }
  | {
      readonly kind: "slice";
      readonly start: number | undefined;
      readonly end: number | undefined;
      readonly by: number | undefined;
    }
  | { readonly kind: "all" }
  | { readonly kind: "scan"; readonly names: readonly string[] | undefined }
  | { readonly kind: "filter"; readonly condition: Condition };

/** SelectTokens: the JSONPath of Newtonsoft (dot names, brackets, wildcards, `..`, slices, filters). */
export function selectTokens(root: JTokenValue, path: string, current: JTokenValue = root): JTokenValue[] {
  let found: JTokenValue[] = [path.trimStart().startsWith("$") ? root.root : current];
  for (const step of parsePath(path)) found = found.flatMap((token) => applyStep(token, step));
  return found;
}

function applyStep(token: JTokenValue, step: Step): JTokenValue[] {
  switch (step.kind) {
    case "name":
      if (!(token instanceof JObjectValue)) return [];
      return step.names.flatMap((name) => token.get(name) ?? []);
    case "index":
      if (!(token instanceof JArrayValue)) return [];
      return step.indexes.flatMap((index) => token.children[index] ?? []);
    case "all":
      return values(token);
    case "slice":
      return token instanceof JArrayValue ? slice(token, step) : [];
    case "scan":
      return scan(token, step.names);
    default:
      return values(token).filter((child) =>
        evaluateFilter(step.condition, child, (from, path) => selectTokens(token.root, path, from)),
      );
  }
}

function values(token: JTokenValue): JTokenValue[] {
  if (token instanceof JObjectValue) return token.children.map((property) => property.value);
  return token instanceof JArrayValue ? [...token.children] : [];
}

function scan(token: JTokenValue, names: readonly string[] | undefined): JTokenValue[] {
  const found: JTokenValue[] = names === undefined ? [token] : [];
  const visit = (node: JTokenValue): void => {
    for (const child of node.children) {
      const value = child instanceof JPropertyValue ? child.value : child;
      if (names === undefined || (child instanceof JPropertyValue && names.includes(child.name))) found.push(value);
      if (value instanceof JContainerValue) visit(value);
    }
  };
  visit(token);
  return found;
}

function slice(token: JArrayValue, { start, end, by = 1 }: Step & { kind: "slice" }): JTokenValue[] {
  if (by === 0) raise("JsonException");
  if (by < 0) unsupported("a JSONPath slice with a negative step");
  const { length } = token.children;
  const clamp = (index: number): number => Math.min(Math.max(index < 0 ? index + length : index, 0), length);
  const found: JTokenValue[] = [];
  for (let i = clamp(start ?? 0); i < clamp(end ?? length); i += by) found.push(...[token.children[i] ?? []].flat());
  return found;
}

const NAME = /[^.[\]\s()]+/y;
const BRACKET_INDEX = /\[\s*(-?\d+(?:\s*,\s*-?\d+)*)\s*\]/y;
const BRACKET_SLICE = /\[\s*(-?\d*)\s*:\s*(-?\d*)\s*(?::\s*(-?\d*)\s*)?\]/y;
const BRACKET_NAMES =
  /\[\s*('(?:[^'\\]|\\.)*'(?:\s*,\s*'(?:[^'\\]|\\.)*')*|"(?:[^"\\]|\\.)*"(?:\s*,\s*"(?:[^"\\]|\\.)*")*)\s*\]/y;
const BRACKET_ALL = /\[\s*\*\s*\]/y;

/** The steps of a path; JsonException for a malformed one. */
function parsePath(source: string): Step[] {
  const path = source.trim();
  const steps: Step[] = [];
  let at = path.startsWith("$") || path.startsWith("@") ? 1 : 0;
  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(path);
    if (found !== null) at += found[0].length;
    return found;
  };
  while (at < path.length) {
    let scans = false;
    if (path.startsWith("..", at)) {
      scans = true;
      at += 2;
    } else if (path.charAt(at) === ".") {
      if (at === path.length - 1) raise("JsonException", "Unexpected end while parsing path.");
      at++;
    } else if (path.charAt(at) !== "[" && at > 0) raise("JsonException");
    if (path.charAt(at) === "[") {
      const step = parseBracket();
      // Newtonsoft heeds `..` before names and filters only: `$..[0]` is `$[0]`.
      if (scans && step.kind === "filter") unsupported("'..' before a JSONPath filter");
      steps.push(scans && step.kind === "name" ? { kind: "scan", names: step.names } : step);
    } else {
      const name = match(NAME)?.[0] ?? raise("JsonException");
      if (scans) steps.push({ kind: "scan", names: name === "*" ? undefined : [name] });
      else steps.push(name === "*" ? { kind: "all" } : { kind: "name", names: [name] });
    }
  }
  return steps;

  function parseBracket(): Step {
    const index = match(BRACKET_INDEX);
    if (index !== null) return { kind: "index", indexes: (index[1] ?? "").split(",").map(Number) };
    const range = match(BRACKET_SLICE);
    const bound = (text: string | undefined): number | undefined =>
      text === undefined || text === "" ? undefined : Number(text);
    if (range !== null) return { kind: "slice", start: bound(range[1]), end: bound(range[2]), by: bound(range[3]) };
    const names = match(BRACKET_NAMES);
    if (names !== null) {
      const quoted = (names[1] ?? "").match(/'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"/g) ?? [];
      return { kind: "name", names: quoted.map((name) => name.slice(1, -1).replace(/\\(.)/g, "$1")) };
    }
    if (match(BRACKET_ALL) !== null) return { kind: "all" };
    if (!path.startsWith("[?(", at)) return raise("JsonException");
    const { condition, end } = parseFilter(path, at + 3);
    at = end;
    if (path.charAt(at) !== "]") raise("JsonException");
    at++;
    return { kind: "filter", condition };
  }
}
