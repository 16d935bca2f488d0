import { unsupported } from "../../errors.ts";
import { NetObject, type Value } from "../../model/value.ts";
import { NetArray } from "../collection.ts";
import { Decimal } from "../decimal.ts";
import { Guid } from "../guid.ts";
import { Char, Float, Integer } from "../number.ts";
import { toBigInt } from "../numeric.ts";
import { EnumValue } from "../objects.ts";
import { DateTime, DateTimeOffset, TimeSpan } from "../time.ts";

/** What the writer needs of a token; the classes of the tree satisfy it. */
interface Node {
  readonly children: readonly Node[];
  readonly type: { readonly name: string };
  readonly name?: string;
  readonly value?: unknown;
  readonly isUndefined?: boolean;
}

/** A token as JSON text, compact or indented by two spaces with "\n", as Newtonsoft writes it. */
export function writeJson(token: Node, indented: boolean): string {
  return write(token, indented ? "\n" : "");
}

function write(token: Node, newline: string): string {
  const deeper = newline === "" ? "" : `${newline}  `;
  const kind = token.type.name.slice(token.type.name.lastIndexOf(".") + 1);
  switch (kind) {
    case "JObject":
      return wrap(
        "{",
        token.children.map((child) => write(child, deeper)),
        "}",
        newline,
        deeper,
      );
    case "JArray":
      return wrap(
        "[",
        token.children.map((child) => write(child, deeper)),
        "]",
        newline,
        deeper,
      );
    case "JProperty": {
      const [value] = token.children;
      return `${quote(token.name ?? "")}:${newline === "" ? "" : " "}${value === undefined ? "null" : write(value, newline)}`;
    }
    default:
      return token.isUndefined === true ? "undefined" : writeScalar(token.value as Value);
  }
}

/** Joins the parts of an object or array. */
export function wrap(open: string, parts: readonly string[], close: string, newline: string, deeper: string): string {
  if (parts.length === 0) return open + close;
  return open + deeper + parts.join(`,${deeper}`) + newline + close;
}

const SHORT: Record<string, string> = {
  '"': '\\"',
  "\\": "\\\\",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
};

/** A JSON string: only what must be escaped is. */
export function quote(text: string): string {
  const escaped = text.replace(/["\\\p{Cc}\u2028\u2029]/gu, (char) => {
    const code = char.charCodeAt(0);
    // DEL and most C1 controls are written as they are.
    if (code >= 0x7f && code !== 0x85 && code < 0x2028) return char;
    return SHORT[char] ?? `\\u${code.toString(16).padStart(4, "0")}`;
  });
  return `"${escaped}"`;
}

function withPoint(text: string): string {
  return /[.eE]/.test(text) ? text : `${text}.0`;
}

/** A primitive value as JSON. */
export function writeScalar(value: Value): string {
  if (value === null) return "null";
  if (typeof value === "string") return quote(value);
  if (typeof value === "boolean") return value ? "true" : "false";
  if (typeof value === "number" || typeof value === "bigint") return value.toString();
  if (value instanceof Float) return Number.isFinite(value.value) ? withPoint(value.toText()) : `"${value.toText()}"`;
  if (value instanceof Decimal) return withPoint(value.toText());
  if (value instanceof Integer) return value.toText();
  if (value instanceof EnumValue) return String(value.value);
  if (value instanceof DateTime) return `"${value.format("yyyy-MM-ddTHH:mm:ss.FFFFFFFK")}"`;
  if (value instanceof DateTimeOffset) return `"${value.format("yyyy-MM-ddTHH:mm:ss.FFFFFFFzzz")}"`;
  if (value instanceof Char || value instanceof Guid || value instanceof TimeSpan) return quote(value.toText());
  if (value instanceof NetArray && value.element.key === "System.Byte")
    return quote(Buffer.from(value.list.map((item) => Number(toBigInt(item)))).toString("base64"));
  if (value instanceof NetObject && value.type.name === "System.Uri")
    return quote((value as NetObject & { original: string }).original);
  return unsupported(`writing ${value.type.key} as JSON`);
}
