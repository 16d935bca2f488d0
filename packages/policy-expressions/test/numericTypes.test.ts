import { expect, it } from "vitest";
import { INTEGER_TYPES, NUMBER_TYPES, widens } from "../src/model/numericTypes.ts";
import { CHAR } from "../src/model/type.ts";

// C# 7.3, §10.2.3, as the standard lists it: the code has the rule behind the list.
const CONVERSIONS: Readonly<Record<string, string>> = {
  sbyte: "short int long float double decimal",
  byte: "short ushort int uint long ulong float double decimal",
  short: "int long float double decimal",
  ushort: "int uint long ulong float double decimal",
  int: "long float double decimal",
  uint: "long ulong float double decimal",
  long: "float double decimal",
  ulong: "float double decimal",
  char: "ushort int uint long ulong float double decimal",
  float: "double",
  double: "",
  decimal: "",
};
const ALL = [...NUMBER_TYPES, { keyword: "char", type: CHAR }];

it.each(ALL)("$keyword converts implicitly to what the standard lists, and to nothing else", ({ keyword, type }) => {
  const targets = ALL.filter((to) => widens(type, to.type)).map((to) => to.keyword);
  expect(targets.join(" ")).toBe(CONVERSIONS[keyword]);
});

it("knows the range of every integer type", () => {
  expect(INTEGER_TYPES.map(({ keyword, minimum, maximum }) => `${keyword} ${minimum} ${maximum}`)).toEqual([
    "sbyte -128 127",
    "byte 0 255",
    "short -32768 32767",
    "ushort 0 65535",
    "int -2147483648 2147483647",
    "uint 0 4294967295",
    "long -9223372036854775808 9223372036854775807",
    "ulong 0 18446744073709551615",
  ]);
});
