import { routeConstraint } from "./routeConstraint.ts";
import { FunctionsHostStartError } from "./startError.ts";

interface Segment {
  /** Lower case; undefined for a parameter. */
  readonly literal?: string;
  readonly name: string;
  readonly kind: "literal" | "required" | "optional" | "catchAll";
  readonly constraints: readonly ((value: string) => boolean)[];
}

export interface RouteTemplate {
  /** The route values of a decoded path, or undefined when it does not match. A catch-all that got nothing has none. */
  match(path: string): Readonly<Record<string, string>> | undefined;
}

const PARAMETER = /^\{(\*{0,2})([A-Za-z_]\w*)((?::[^:?]+)*)(\??)\}$/;

/**
 * Compiles a route template of ASP.NET Core routing: literal segments (case ignored), `{name}`, `{name?}`, `{*rest}`,
 * `{id:int}`. Complex segments (`{a}-{b}`), default values and the rarer constraints are not there.
 * @throws FunctionsHostStartError naming the function and the segment that this host does not support.
 */
export function routeTemplate(template: string, functionName: string): RouteTemplate {
  const segments = template.split("/").map((text) => segment(text, template, functionName));
  for (const [index, { kind }] of segments.entries()) {
    if ((kind === "catchAll" || kind === "optional") && index !== segments.length - 1) {
      throw refusal(functionName, template, "a catch-all or optional parameter must be the last segment");
    }
  }
  return { match: (path) => match(segments, path) };
}

function segment(text: string, template: string, functionName: string): Segment {
  if (text === "") throw refusal(functionName, template, "it has an empty segment");
  if (!/[{}]/.test(text)) return { literal: text.toLowerCase(), name: "", kind: "literal", constraints: [] };
  const [, stars, name = "", constraintTexts = "", optional] = PARAMETER.exec(text) ?? [];
  if (stars === undefined) throw refusal(functionName, template, `the segment "${text}" is not supported here`);
  const constraints = constraintTexts
    .split(":")
    .slice(1)
    .map((constraintText) => {
      const constraint = routeConstraint(constraintText);
      if (constraint === undefined) {
        throw refusal(functionName, template, `the constraint "${constraintText}" is not supported here`);
      }
      return constraint;
    });
  return { name, kind: stars !== "" ? "catchAll" : optional === "?" ? "optional" : "required", constraints };
}

function match(segments: readonly Segment[], path: string): Record<string, string> | undefined {
  const values: Record<string, string> = {};
  const inner = path.endsWith("/") ? path.slice(1, -1) : path.slice(1);
  const parts = inner === "" ? [] : inner.split("/");
  let offset = 1;
  for (const [index, part] of parts.entries()) {
    const expected = segments[index];
    // The empty segment of `//` matches nothing, not even the start of a catch-all; further in, a catch-all takes it.
    if (expected === undefined || part === "") return undefined;
    const value = expected.kind === "catchAll" ? path.slice(offset) : part;
    if (expected.literal !== undefined && expected.literal !== part.toLowerCase()) return undefined;
    if (!expected.constraints.every((accepts) => accepts(value))) return undefined;
    if (expected.name !== "") values[expected.name] = value;
    if (expected.kind === "catchAll") return values;
    offset += part.length + 1;
  }
  const missing = segments[parts.length];
  return missing === undefined || missing.kind === "optional" || missing.kind === "catchAll" ? values : undefined;
}

function refusal(functionName: string, template: string, why: string): FunctionsHostStartError {
  return new FunctionsHostStartError(`Function "${functionName}" has the route "${template}": ${why}.`);
}
