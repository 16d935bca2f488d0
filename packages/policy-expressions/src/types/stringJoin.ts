import type { MemberTable } from "../model/definition.ts";
import type { Value } from "../model/value.ts";
import { iterate, type NetArray } from "../runtime/collection.ts";
import { formatComposite } from "../runtime/compositeFormat.ts";
import { notNull } from "../runtime/exception.ts";
import { textOf } from "../runtime/text.ts";
import { checkRange } from "./support.ts";

const join = (separator: Value, values: Iterable<Value>): string => [...values].map(textOf).join(textOf(separator));

/** String.Join, Concat and Format: one text of many values. */
export const stringJoin: MemberTable = {
  "static string Join(string separator, params string[] value)": (separator: Value, values: NetArray) =>
    join(separator, iterate(values, "value")),
  "static string Join(string separator, params object[] values)": (separator: Value, values: NetArray) =>
    join(separator, iterate(values, "values")),
  "static string Join(string separator, IEnumerable<string> values)": (separator: Value, values: Value) =>
    join(separator, iterate(values, "values")),
  "static string Join<T>(string separator, IEnumerable<T> values)": (separator: Value, values: Value) =>
    join(separator, iterate(values, "values")),
  "static string Join(string separator, string[] value, int startIndex, int count)": (
    separator: Value,
    values: NetArray,
    start: number,
    count: number,
  ) => {
    checkRange(start, count, values.list.length, ["startIndex", "count"]);
    return join(separator, values.list.slice(start, start + count));
  },
  "static string Join(char separator, params string[] value)": (separator: Value, values: NetArray) =>
    join(separator, iterate(values, "value")),
  "static string Join(char separator, params object[] values)": (separator: Value, values: NetArray) =>
    join(separator, iterate(values, "values")),
  "static string Join<T>(char separator, IEnumerable<T> values)": (separator: Value, values: Value) =>
    join(separator, iterate(values, "values")),
  "static string Concat(object arg0)": textOf,
  "static string Concat(object arg0, object arg1)": (a: Value, b: Value) => textOf(a) + textOf(b),
  "static string Concat(object arg0, object arg1, object arg2)": (a: Value, b: Value, c: Value) =>
    textOf(a) + textOf(b) + textOf(c),
  "static string Concat(params object[] args)": (args: NetArray) => join("", iterate(args, "args")),
  "static string Concat(string str0, string str1)": (a: Value, b: Value) => textOf(a) + textOf(b),
  "static string Concat(string str0, string str1, string str2)": (a: Value, b: Value, c: Value) =>
    textOf(a) + textOf(b) + textOf(c),
  "static string Concat(string str0, string str1, string str2, string str3)": (
    a: Value,
    b: Value,
    c: Value,
    d: Value,
  ) => textOf(a) + textOf(b) + textOf(c) + textOf(d),
  "static string Concat(params string[] values)": (values: NetArray) => join("", iterate(values, "values")),
  "static string Concat(IEnumerable<string> values)": (values: Value) => join("", iterate(values, "values")),
  "static string Concat<T>(IEnumerable<T> values)": (values: Value) => join("", iterate(values, "values")),
  "static string Format(string format, object arg0)": (format: string | null, a: Value) =>
    formatComposite(notNull(format, "format"), [a]),
  "static string Format(string format, object arg0, object arg1)": (format: string | null, a: Value, b: Value) =>
    formatComposite(notNull(format, "format"), [a, b]),
  "static string Format(string format, object arg0, object arg1, object arg2)": (
    format: string | null,
    a: Value,
    b: Value,
    c: Value,
  ) => formatComposite(notNull(format, "format"), [a, b, c]),
  "static string Format(string format, params object[] args)": (format: string | null, args: NetArray | null) =>
    formatComposite(notNull(format, "format"), notNull(args, "args").list),
  "static string Format(IFormatProvider provider, string format, params object[] args)": (
    _provider: Value,
    format: string | null,
    args: NetArray,
  ) => formatComposite(notNull(format, "format"), notNull(args, "args").list),
};
