import type { ApiDefinition, OperationDefinition } from "./options.ts";
import type { PolicyProblem } from "./refusal.ts";

export interface Match {
  readonly api: ApiDefinition;
  /** Undefined: the path is the API's, but it has no such operation. */
  readonly operation: OperationDefinition | undefined;
  readonly parameters: ReadonlyMap<string, string>;
  /** What of the path comes after the API's own. */
  readonly rest: string;
}

export type Matcher = (method: string, path: string) => Match | undefined;

type Segment = { readonly literal: string } | { readonly parameter: string } | "rest";

interface Candidate {
  readonly operation: OperationDefinition;
  readonly segments: readonly Segment[];
}

/** Finds the API with the longest path, and in it the operation whose template is the most particular. */
export function createMatcher(apis: readonly ApiDefinition[], problems: PolicyProblem[]): Matcher {
  const known = apis
    .map((api) => ({ api, prefix: parts(api.path), candidates: candidatesOf(api, problems) }))
    .sort((a, b) => b.prefix.length - a.prefix.length);
  return (method, path) => {
    const asked = parts(path);
    for (const { api, prefix, candidates } of known) {
      if (!prefix.every((part, i) => same(part, asked[i]))) continue;
      const rest = asked.slice(prefix.length);
      const found = candidates.find(
        ({ operation, segments }) => operation.method.toUpperCase() === method && fits(segments, rest),
      );
      return {
        api,
        operation: found?.operation,
        parameters: found === undefined ? new Map() : parametersOf(found.segments, rest),
        rest: restOf(path, prefix.length),
      };
    }
    return undefined;
  };
}

function candidatesOf(api: ApiDefinition, problems: PolicyProblem[]): readonly Candidate[] {
  const candidates: Candidate[] = [];
  for (const operation of api.operations) {
    const { method, urlTemplate, id } = operation;
    const flaw = /^[A-Za-z]+$/.test(method) ? templateFlaw(urlTemplate) : `'${method}' is no HTTP method`;
    if (flaw === undefined) candidates.push({ operation, segments: parts(urlTemplate).map(segment) });
    else {
      const at = { file: `operation '${id}' of the API '${api.id}'`, line: 1, column: 1 };
      problems.push({ at, subject: urlTemplate, message: flaw });
    }
  }
  return candidates.sort((a, b) => compare(a.segments, b.segments));
}

function templateFlaw(template: string): string | undefined {
  if (!template.startsWith("/")) return `the template '${template}' does not begin with a slash`;
  if (template.includes("?")) return `a query in a template ('${template}') is not supported here`;
  const odd = parts(template).find((part, i, all) =>
    part === "*" ? i < all.length - 1 : !/^(\{[^{}*]+\}|[^{}*]*)$/.test(part),
  );
  return odd && `'${odd}' in the template '${template}' is not supported here`;
}

function segment(part: string): Segment {
  if (part === "*") return "rest";
  return part.startsWith("{") ? { parameter: part.slice(1, -1) } : { literal: part };
}

function fits(segments: readonly Segment[], asked: readonly string[]): boolean {
  const open = segments.at(-1) === "rest";
  const fixed = open ? segments.slice(0, -1) : segments;
  if (open ? asked.length < fixed.length : asked.length !== fixed.length) return false;
  return fixed.every((one, i) => one === "rest" || "parameter" in one || same(one.literal, asked[i]));
}

/** Literals before parameters before wildcards, from the left. */
function compare(a: readonly Segment[], b: readonly Segment[]): number {
  for (let i = 0; i < Math.max(a.length, b.length); i += 1) {
    const order = rank(a[i]) - rank(b[i]);
    if (order !== 0) return order;
  }
  return 0;
}

function rank(one: Segment | undefined): number {
  if (one === "rest") return 3;
  if (one === undefined) return 2;
  return "parameter" in one ? 1 : 0;
}

function parametersOf(segments: readonly Segment[], asked: readonly string[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  segments.forEach((one, i) => {
    if (one !== "rest" && "parameter" in one) found.set(one.parameter, decode(asked[i] ?? ""));
  });
  return found;
}

function parts(path: string): string[] {
  return path.replace(/^\/+|\/+$/g, "") === "" ? [] : path.replace(/^\/+|\/+$/g, "").split("/");
}

function restOf(path: string, prefixLength: number): string {
  let rest = path;
  for (let i = 0; i < prefixLength; i += 1) rest = rest.replace(/^\/*[^/]+/, "");
  return rest;
}

function same(a: string, b: string | undefined): boolean {
  return b !== undefined && (a.toLowerCase() === b.toLowerCase() || a.toLowerCase() === decode(b).toLowerCase());
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // Malformed escapes are for the backend to refuse.
    return text;
  }
}
