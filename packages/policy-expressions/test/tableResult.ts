import { ExpressionLimitError, ExpressionRefusedError, ExpressionUnsupportedError } from "../src/errors.ts";
import { compileExpression, NetException, NetObject, typeOf, type Value } from "../src/index.ts";
import { NetArray, Sequence } from "../src/runtime/collection.ts";
import { JObjectValue } from "../src/runtime/json/jsonObject.ts";
import { parseJson } from "../src/runtime/json/reader.ts";
import { JTokenValue } from "../src/runtime/json/token.ts";
import { writeJson } from "../src/runtime/json/writer.ts";
import { toBigInt } from "../src/runtime/numeric.ts";
import { textOf } from "../src/runtime/text.ts";
import { DateTime, DateTimeOffset } from "../src/runtime/time.ts";
import { caseContext } from "./tableCase.ts";

/** One line of results, as the C# evaluator writes it. */
export interface Result {
  readonly ok?: boolean;
  readonly type?: string | null;
  readonly value?: string | null;
  readonly json?: string;
  readonly roundTrip?: string;
  readonly items?: readonly Result[];
  readonly exception?: string;
  readonly trace?: readonly string[];
  readonly notAllowed?: readonly string[];
  readonly csharp?: string;
}

/** What our interpreter makes of a case: a result, or why there is none. */
export type Outcome = Result | { readonly refused: string } | { readonly unsupported: string };

const MAX_DEPTH = 3;
const MAX_ITEMS = 1000;

/** Runs the case of one line of the table. */
export function runCase(line: string, now: () => number): Outcome {
  const json = parseJson(line, { dates: false });
  if (!(json instanceof JObjectValue)) throw new Error("a case is a JSON object");
  const traces: (string | null)[] = [];
  try {
    const compiled = compileExpression(textOf(json.get("expr")));
    const value = compiled.evaluate(caseContext(json.get("context"), traces), now);
    const described = describe(value, 0);
    return { ...(traces.length > 0 ? { trace: traces.map(textOf) } : {}), ok: true, ...described };
  } catch (error) {
    if (error instanceof ExpressionRefusedError) return { refused: error.message };
    if (error instanceof ExpressionUnsupportedError) return { unsupported: error.message };
    if (error instanceof ExpressionLimitError) return { ok: false, exception: "Timeout" };
    if (!(error instanceof NetException)) throw error;
    return { ...(traces.length > 0 ? { trace: traces.map(textOf) } : {}), ok: false, exception: error.name };
  }
}

// A type that is private in .NET is called by the sequence it is.
function typeName(value: Exclude<Value, null>): string {
  const type = typeOf(value);
  if (value instanceof Sequence || (type.kind !== "array" && /^System\.Linq\.I(?:Ordered|Grouping)/.test(type.key))) {
    return `System.Collections.Generic.IEnumerable\`1[${type.args.at(-1)?.key}]`;
  }
  return type.kind === "anonymous" ? "anonymous" : type.key;
}

function describe(value: Value, depth: number): Result {
  if (value === null) return { type: null, value: null };
  const type = typeName(value);
  if (value instanceof NetArray && value.element.key === "System.Byte") {
    return { type, value: Buffer.from(value.list.map((item) => Number(toBigInt(item)))).toString("base64") };
  }
  if (value instanceof DateTime || value instanceof DateTimeOffset)
    return { type, value: value.toText(), roundTrip: value.format("o") };
  if (value instanceof JTokenValue) return { type, value: value.toText(), json: writeJson(value, false) };
  const items = value instanceof NetObject ? value.items() : undefined;
  if (items === undefined) return { type, value: type === "anonymous" ? null : textOf(value) };
  const isPrivate = type.startsWith("System.Collections.Generic.IEnumerable") || type === "anonymous";
  const described: Result = { type, value: isPrivate ? null : textOf(value) };
  if (depth > MAX_DEPTH) return described;
  const list: Result[] = [];
  for (const item of items) {
    list.push(describe(item, depth + 1));
    if (list.length > MAX_ITEMS) break;
  }
  return { ...described, items: list };
}
