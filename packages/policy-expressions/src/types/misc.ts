import { randomUUID } from "node:crypto";
import { type TypeDefinition, withCall } from "../model/definition.ts";
import type { Value } from "../model/value.ts";
import type { NetArray } from "../runtime/collection.ts";
import { valuesEqual } from "../runtime/equality.ts";
import { notNull, raise } from "../runtime/exception.ts";
import { Guid } from "../runtime/guid.ts";
import { toBigInt } from "../runtime/numeric.ts";
import { type OutCell, Tuple } from "../runtime/objects.ts";
import { byteArray } from "./support.ts";

const badGuid = (): never => raise("FormatException", "Unrecognized Guid format.");
const readGuid = (text: string | null): Guid => {
  const known = notNull(text, "input");
  return Guid.read(known) ?? (known.includes("0x") || known.includes("0X") ? raise("FormatException") : badGuid());
};

const MAX_TUPLE = 7;
const letters = (count: number): string[] => Array.from({ length: count }, (_, i) => `T${i + 1}`);

function tuple(count: number): TypeDefinition {
  const names = letters(count);
  const members = Object.fromEntries(
    names.map((name, i) => [`${name} Item${i + 1}`, (self: Tuple) => self.values[i] ?? null]),
  );
  const parameters = names.map((name, i) => `${name} item${i + 1}`).join(", ");
  return {
    namespace: "System",
    name: `Tuple<${names.join(", ")}>`,
    kind: "class",
    members: {
      ...members,
      [`new(${parameters})`]: withCall(
        (call) =>
          (...values: Value[]) =>
            new Tuple(call.owner, values),
      ),
    },
  };
}

function create(count: number): [string, ReturnType<typeof withCall>] {
  const names = letters(count);
  const list = names.join(", ");
  const parameters = names.map((name, i) => `${name} item${i + 1}`).join(", ");
  return [
    `static Tuple<${list}> Create<${list}>(${parameters})`,
    withCall(
      (call) =>
        (...values: Value[]) =>
          new Tuple(call.method, values),
    ),
  ];
}

const counts = Array.from({ length: MAX_TUPLE }, (_, i) => i + 1);

export const miscTypes: readonly TypeDefinition[] = [
  {
    namespace: "System",
    name: "Guid",
    kind: "struct",
    interfaces: ["IComparable", "IFormattable"],
    members: {
      "new(string g)": readGuid,
      "new(byte[] b)": (bytes: NetArray | null) => {
        const { list } = notNull(bytes, "b");
        return list.length === 16
          ? Guid.fromBytes(list.map((item) => Number(toBigInt(item))))
          : raise("ArgumentException");
      },
      "static Guid Empty": () => Guid.EMPTY,
      "static Guid NewGuid()": () => new Guid(randomUUID().replaceAll("-", "")),
      "static Guid Parse(string input)": readGuid,
      "static bool TryParse(string input, out Guid result)": (text: string | null, out: OutCell) => {
        const read = text === null ? undefined : Guid.read(text);
        out.value = read ?? Guid.EMPTY;
        return read !== undefined;
      },
      "byte[] ToByteArray()": (self: Guid) => byteArray(Uint8Array.from(self.toBytes())),
      "static bool operator ==(Guid a, Guid b)": valuesEqual,
      "static bool operator !=(Guid a, Guid b)": (a: Value, b: Value) => !valuesEqual(a, b),
      "bool Equals(Guid g)": valuesEqual,
      "int CompareTo(Guid value)": (a: Guid, b: Guid) => a.compareTo(b) ?? 0,
      "string ToString()": (self: Guid) => self.toText(),
      "string ToString(string format)": (self: Guid, format: string | null) => self.format(format),
    },
  },
  ...counts.map(tuple),
  { namespace: "System", name: "Tuple", kind: "class", members: Object.fromEntries(counts.map(create)) },
];
