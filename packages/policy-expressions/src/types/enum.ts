import { unsupported } from "../errors.ts";
import type { RunLimits } from "../model/definition.ts";
import { type TypeDefinition, withCall } from "../model/definition.ts";
import type { Type } from "../model/type.ts";
import { notNull, raise } from "../runtime/exception.ts";
import { EnumValue, type OutCell } from "../runtime/objects.ts";
import { typeArgument } from "./support.ts";

// One name, or a number; lists of flags are refused.
function readEnum(text: string, ignoreCase: boolean, type: Type, run: RunLimits): EnumValue | undefined {
  const sample = run.defaultOf(type);
  if (!(sample instanceof EnumValue)) return unsupported("Enum.Parse of something that is no enum");
  const name = text.trim();
  if (name.includes(",")) return unsupported("Enum.Parse of several names");
  if (/^[+-]?\d+$/.test(name)) return new EnumValue(sample.names, Number(name));
  const same = (a: string): boolean => a === name || (ignoreCase && a.toLowerCase() === name.toLowerCase());
  const found = Object.entries(sample.names.values).find(([key]) => same(key));
  return found && new EnumValue(sample.names, found[1]);
}

const parse = withCall((call) => (text: string | null, ignoreCase = false) => {
  const known = notNull(text, "value");
  return (
    readEnum(known, ignoreCase, typeArgument(call, 0), call.run) ??
    raise("ArgumentException", `Requested value '${known}' was not found.`)
  );
});

export const enumTypes: readonly TypeDefinition[] = [
  {
    namespace: "System",
    name: "Enum",
    kind: "class",
    members: {
      "static T Parse<T>(string value)": parse,
      "static T Parse<T>(string value, bool ignoreCase)": parse,
      "static object Parse(Type enumType, string value)": "refused",
      "static bool TryParse<T>(string value, out T result)": withCall((call) => (text: string | null, out: OutCell) => {
        const type = typeArgument(call, 0);
        const found = text === null ? undefined : readEnum(text, false, type, call.run);
        out.value = found ?? call.run.defaultOf(type);
        return found !== undefined;
      }),
      "static bool TryParse<T>(string value, bool ignoreCase, out T result)": withCall(
        (call) => (text: string | null, ignoreCase: boolean, out: OutCell) => {
          const type = typeArgument(call, 0);
          const found = text === null ? undefined : readEnum(text, ignoreCase, type, call.run);
          out.value = found ?? call.run.defaultOf(type);
          return found !== undefined;
        },
      ),
    },
  },
];
