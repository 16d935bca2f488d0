import { type MemberTable, type TypeDefinition, withCall } from "../model/definition.ts";
import { CHAR, namedType, type Type } from "../model/type.ts";
import { NetObject, type Value } from "../model/value.ts";
import { iterate, NetArray } from "../runtime/collection.ts";
import { formatComposite } from "../runtime/compositeFormat.ts";
import { notNull, raise } from "../runtime/exception.ts";
import { Char } from "../runtime/number.ts";
import { textOf } from "../runtime/text.ts";
import { byteArray, bytesOf, checkRange } from "./support.ts";

class Builder extends NetObject {
  text: string;

  constructor(text: string) {
    super();
    this.text = text;
  }

  override get type(): Type {
    return namedType("System.Text.StringBuilder");
  }

  override toText(): string {
    return this.text;
  }

  override equalityKey(): NetObject {
    return this;
  }
}

const NEWLINE = "\n";
const append = (suffix: string) =>
  withCall(({ run }) => (self: Builder, value?: Value) => {
    const added = textOf(value ?? null) + suffix;
    run.allocate(added.length);
    self.text += added;
    return self;
  });
const put = (self: Builder, text: string): Builder => {
  self.text = text;
  return self;
};
const APPENDED = [
  "string",
  "object",
  "char",
  "bool",
  "int",
  "long",
  "double",
  "decimal",
  "char[]",
  "StringBuilder",
  "byte",
  "short",
  "float",
  "uint",
  "ulong",
];

const builderMembers: MemberTable = {
  "new()": () => new Builder(""),
  "new(int capacity)": () => new Builder(""),
  "new(string value)": (text: string | null) => new Builder(text ?? ""),
  "new(string value, int capacity)": (text: string | null) => new Builder(text ?? ""),
  ...Object.fromEntries(
    APPENDED.map((type) => [
      `StringBuilder Append(${type} value)`,
      type === "char[]"
        ? (self: Builder, chars: NetArray | null) => put(self, self.text + (chars?.list ?? []).map(textOf).join(""))
        : append(""),
    ]),
  ),
  "StringBuilder Append(char value, int repeatCount)": withCall(
    ({ run }) =>
      (self: Builder, char: Char, count: number) => {
        run.allocate(Math.max(count, 0));
        return count < 0 ? raise("ArgumentOutOfRangeException") : put(self, self.text + char.toText().repeat(count));
      },
  ),
  "StringBuilder Append(string value, int startIndex, int count)": (
    self: Builder,
    text: string,
    start: number,
    count: number,
  ) => {
    checkRange(start, count, text.length, ["startIndex", "count"]);
    return put(self, self.text + text.slice(start, start + count));
  },
  "StringBuilder AppendLine()": append(NEWLINE),
  "StringBuilder AppendLine(string value)": append(NEWLINE),
  "StringBuilder AppendFormat(string format, object arg0)": (self: Builder, format: string | null, a: Value) =>
    put(self, self.text + formatComposite(notNull(format, "format"), [a])),
  "StringBuilder AppendFormat(string format, object arg0, object arg1)": (
    self: Builder,
    format: string | null,
    a: Value,
    b: Value,
  ) => put(self, self.text + formatComposite(notNull(format, "format"), [a, b])),
  "StringBuilder AppendFormat(string format, object arg0, object arg1, object arg2)": (
    self: Builder,
    format: string | null,
    a: Value,
    b: Value,
    c: Value,
  ) => put(self, self.text + formatComposite(notNull(format, "format"), [a, b, c])),
  "StringBuilder AppendFormat(string format, params object[] args)": (
    self: Builder,
    format: string | null,
    args: NetArray,
  ) => put(self, self.text + formatComposite(notNull(format, "format"), args.list)),
  "StringBuilder AppendJoin(string separator, params object[] values)": (
    self: Builder,
    separator: Value,
    values: NetArray,
  ) => put(self, self.text + values.list.map(textOf).join(textOf(separator))),
  "StringBuilder AppendJoin(string separator, params string[] values)": (
    self: Builder,
    separator: Value,
    values: NetArray,
  ) => put(self, self.text + values.list.map(textOf).join(textOf(separator))),
  "StringBuilder AppendJoin<T>(string separator, IEnumerable<T> values)": (
    self: Builder,
    separator: Value,
    values: Value,
  ) => put(self, self.text + [...iterate(values, "values")].map(textOf).join(textOf(separator))),
  "StringBuilder Insert(int index, string value)": (self: Builder, index: number, text: Value) =>
    insert(self, index, text),
  "StringBuilder Insert(int index, char value)": (self: Builder, index: number, text: Value) =>
    insert(self, index, text),
  "StringBuilder Insert(int index, object value)": (self: Builder, index: number, text: Value) =>
    insert(self, index, text),
  "StringBuilder Remove(int startIndex, int length)": (self: Builder, start: number, length: number) => {
    checkRange(start, length, self.text.length);
    return put(self, self.text.slice(0, start) + self.text.slice(start + length));
  },
  "StringBuilder Replace(string oldValue, string newValue)": (self: Builder, from: string | null, to: string | null) =>
    notNull(from, "oldValue") === ""
      ? raise("ArgumentException")
      : put(
          self,
          self.text.replaceAll(from ?? "", () => to ?? ""),
        ),
  "StringBuilder Replace(char oldChar, char newChar)": (self: Builder, from: Char, to: Char) =>
    put(
      self,
      self.text.replaceAll(from.toText(), () => to.toText()),
    ),
  "StringBuilder Clear()": (self: Builder) => put(self, ""),
  "int Length": {
    get: (self: Builder) => self.text.length,
    set: (self: Builder, length: number) => {
      if (length < 0) raise("ArgumentOutOfRangeException");
      self.text = self.text.slice(0, length).padEnd(length, "\0");
    },
  },
  "char this[int index]": {
    get: (self: Builder, index: number) =>
      index < 0 || index >= self.text.length
        ? raise("IndexOutOfRangeException", "Index was outside the bounds of the array.")
        : new Char(self.text.charCodeAt(index)),
    set: (self: Builder, index: number, char: Char) => {
      if (index < 0 || index >= self.text.length) raise("ArgumentOutOfRangeException");
      self.text = self.text.slice(0, index) + char.toText() + self.text.slice(index + 1);
    },
  },
  "string ToString()": (self: Builder) => self.text,
  "string ToString(int startIndex, int length)": (self: Builder, start: number, length: number) => {
    checkRange(start, length, self.text.length);
    return self.text.slice(start, start + length);
  },
};

function insert(self: Builder, index: number, text: Value): Builder {
  checkRange(index, 0, self.text.length, ["index", "index"]);
  return put(self, self.text.slice(0, index) + textOf(text) + self.text.slice(index));
}

type EncodingName = "utf8" | "ascii" | "utf16le" | "latin1";

class NetEncoding extends NetObject {
  readonly name: EncodingName;

  constructor(name: EncodingName) {
    super();
    this.name = name;
  }

  override get type(): Type {
    return namedType("System.Text.Encoding");
  }

  encode(text: string): Buffer {
    const wellFormed = text.toWellFormed();
    if (this.name === "ascii")
      return Buffer.from([...iterate(text)].map((char) => (char instanceof Char && char.code < 0x80 ? char.code : 63)));
    if (this.name === "latin1")
      return Buffer.from(
        [...iterate(text)].map((char) => (char instanceof Char && char.code < 0x100 ? char.code : 63)),
      );
    return Buffer.from(this.name === "utf16le" ? text : wellFormed, this.name);
  }

  decode(bytes: Buffer): string {
    if (this.name === "ascii")
      return [...bytes].map((code) => (code < 0x80 ? String.fromCharCode(code) : "\ufffd")).join("");
    return bytes.toString(this.name);
  }
}

const encoding = (name: EncodingName) => () => new NetEncoding(name);
const NAMES: Record<string, EncodingName> = {
  "utf-8": "utf8",
  "us-ascii": "ascii",
  ascii: "ascii",
  "utf-16": "utf16le",
  unicode: "utf16le",
  "iso-8859-1": "latin1",
  latin1: "latin1",
};

const encodingMembers: MemberTable = {
  "static Encoding UTF8": encoding("utf8"),
  "static Encoding ASCII": encoding("ascii"),
  "static Encoding Unicode": encoding("utf16le"),
  "static Encoding Latin1": encoding("latin1"),
  "static Encoding Default": encoding("utf8"),
  "static Encoding GetEncoding(string name)": (name: string | null) =>
    new NetEncoding(NAMES[notNull(name, "name").toLowerCase()] ?? raise("ArgumentException")),
  "byte[] GetBytes(string s)": (self: NetEncoding, text: string | null) => byteArray(self.encode(notNull(text, "s"))),
  "byte[] GetBytes(char[] chars)": (self: NetEncoding, chars: NetArray | null) =>
    byteArray(self.encode(notNull(chars, "chars").list.map(textOf).join(""))),
  "int GetByteCount(string s)": (self: NetEncoding, text: string | null) => self.encode(notNull(text, "s")).length,
  "string GetString(byte[] bytes)": (self: NetEncoding, bytes: NetArray | null) =>
    self.decode(bytesOf(notNull(bytes, "bytes"))),
  "string GetString(byte[] bytes, int index, int count)": (
    self: NetEncoding,
    bytes: NetArray,
    index: number,
    count: number,
  ) => {
    checkRange(index, count, bytes.list.length, ["index", "count"]);
    return self.decode(bytesOf(bytes).subarray(index, index + count));
  },
  "char[] GetChars(byte[] bytes)": (self: NetEncoding, bytes: NetArray | null) =>
    new NetArray(CHAR, [...iterate(self.decode(bytesOf(notNull(bytes, "bytes"))))]),
};

export const textTypes: readonly TypeDefinition[] = [
  { namespace: "System.Text", name: "StringBuilder", kind: "class", members: builderMembers },
  { namespace: "System.Text", name: "Encoding", kind: "class", members: encodingMembers },
];
