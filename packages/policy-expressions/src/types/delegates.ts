import type { TypeDefinition } from "../model/definition.ts";
import type { Value } from "../model/value.ts";
import type { Delegate } from "../runtime/objects.ts";

const MAX_PARAMETERS = 8;
const invoke = (self: Delegate, ...args: Value[]): Value => self.invoke(...args);

function func(count: number): TypeDefinition {
  const names = Array.from({ length: count }, (_, i) => `T${i + 1}`);
  const parameters = names.map((name, i) => `${name} arg${i + 1}`).join(", ");
  return {
    namespace: "System",
    name: `Func<${[...names, "TResult"].join(", ")}>`,
    kind: "delegate",
    members: { [`TResult Invoke(${parameters})`]: invoke },
  };
}

function action(count: number): TypeDefinition {
  const names = Array.from({ length: count }, (_, i) => `T${i + 1}`);
  const parameters = names.map((name, i) => `${name} arg${i + 1}`).join(", ");
  const name = count === 0 ? "Action" : `Action<${names.join(", ")}>`;
  return { namespace: "System", name, kind: "delegate", members: { [`void Invoke(${parameters})`]: invoke } };
}

const counts = Array.from({ length: MAX_PARAMETERS + 1 }, (_, i) => i);

export const delegateTypes: readonly TypeDefinition[] = [
  ...counts.map(func),
  ...counts.map(action),
  { namespace: "System", name: "Predicate<T>", kind: "delegate", members: { "bool Invoke(T obj)": invoke } },
  { namespace: "System", name: "Comparison<T>", kind: "delegate", members: { "int Invoke(T x, T y)": invoke } },
  {
    namespace: "System",
    name: "Converter<TInput, TOutput>",
    kind: "delegate",
    members: { "TOutput Invoke(TInput input)": invoke },
  },
  {
    namespace: "System.Text.RegularExpressions",
    name: "MatchEvaluator",
    kind: "delegate",
    members: { "string Invoke(Match match)": invoke },
  },
];
