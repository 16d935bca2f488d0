import { refuse } from "../errors.ts";
import { INT, OBJECT, STRING } from "../model/type.ts";
import { formatValue, textOf } from "../runtime/text.ts";
import type { Expression } from "../syntax/ast.ts";
import type { Binder } from "./binder.ts";
import type { Bound, Code } from "./bound.ts";
import { bound, constant } from "./make.ts";
import type { Scope } from "./scope.ts";

/** `$"..."`: like string.Format under the invariant culture. */
export function bindInterpolated(
  node: Extract<Expression, { kind: "interpolated" }>,
  scope: Scope,
  binder: Binder,
): Bound {
  const parts = node.parts.map((part): Code => {
    if (part.kind === "text") return () => part.text;
    const value = binder.typed(part.value, OBJECT, scope);
    const width = part.alignment === undefined ? 0 : alignment(binder.typed(part.alignment, INT, scope));
    const { format } = part;
    const { code } = value;
    return (frame) => align(format === undefined ? textOf(code(frame)) : formatValue(code(frame), format), width);
  });
  if (node.parts.length === 0) return constant(STRING, "", node.at);
  return bound(
    STRING,
    (frame) => {
      const text = parts.map((part) => part(frame)).join("");
      frame.run.allocate(text.length);
      return text;
    },
    node.at,
  );
}

function alignment(value: Bound): number {
  if (value.constant === undefined) return refuse("an alignment must be constant", ",", value.at);
  return Number(value.constant.value);
}

/** Pads to a width: right-aligned when positive, left-aligned when negative. */
export function align(text: string, width: number): string {
  return width < 0 ? text.padEnd(-width) : text.padStart(width);
}
