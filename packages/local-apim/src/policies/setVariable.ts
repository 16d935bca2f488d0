import { EVERYWHERE, type PolicyDefinition } from "../compile/policyDefinition.ts";

export const setVariable: PolicyDefinition = {
  name: "set-variable",
  sections: EVERYWHERE,
  compile(reader) {
    const name = reader.requiredLiteral("name");
    reader.required("value");
    const value = reader.value("value") ?? reader.refuse("it has no value");
    return async (exchange, note) => {
      const result = await value(exchange);
      exchange.variables.set(name, result);
      note.effect = `${name} = ${exchange.trace.redaction.named(name, showValue(result))}`;
      return "next";
    };
  },
};

/** Enough to recognise it by; objects of the interpreter only by being there. */
function showValue(value: unknown): string {
  if (value === null) return "null";
  return typeof value === "object" ? "(object)" : String(value);
}
