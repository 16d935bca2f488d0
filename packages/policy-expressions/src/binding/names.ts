import { refuse, unsupported } from "../errors.ts";
import { namedType } from "../model/type.ts";
import type { Value } from "../model/value.ts";
import type { Frame } from "../runtime/frame.ts";
import type { Name } from "../syntax/ast.ts";
import type { Binder } from "./binder.ts";
import type { AnyBound } from "./bound.ts";
import { bound, constant } from "./make.ts";
import { frameAt, type Scope } from "./scope.ts";

export const CONTEXT_TYPE = namedType("PolicyExpressions.Surface.IProxyRequestContext");

/** What a simple name stands for: a variable, `context`, a type, or the beginning of a namespace. */
export function bindName(node: Name, scope: Scope, binder: Binder): AnyBound {
  const { name, at } = node;
  const found = node.typeArgs === undefined ? scope.find(name) : undefined;
  if (found !== undefined) {
    const { variable, hops } = found;
    if (variable.constant !== undefined) return constant(variable.type, variable.constant.value, at);
    const { index } = variable;
    const read = (slots: Frame["slots"]): Value => {
      const current = slots[index];
      return current === undefined
        ? unsupported(`the unassigned variable '${name}', which C# does not compile`)
        : current;
    };
    const value = bound(variable.type, (frame) => read(frameAt(frame, hops).slots), at);
    if (variable.readOnly) return value;
    return {
      ...value,
      place: (frame) => {
        const { slots } = frameAt(frame, hops);
        return {
          get: () => read(slots),
          set: (to) => {
            slots[index] = to;
          },
        };
      },
    };
  }
  if (name === "context") return bound(CONTEXT_TYPE, (frame) => frame.run.context, at);
  const { registry } = binder.relations;
  const type = registry.lookup({ at, name, args: node.typeArgs ?? [], nullable: false, ranks: 0 });
  if (type !== undefined) return { kind: "type", at, type };
  if (registry.isNamespace(name)) return { kind: "namespace", at, name };
  return refuse(`unknown or unsupported name '${name}'`, name, at);
}
