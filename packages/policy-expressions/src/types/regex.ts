import { unsupported } from "../errors.ts";
import type { MemberTable, TypeDefinition } from "../model/definition.ts";
import { namedType, type Type } from "../model/type.ts";
import { NetObject, type Value } from "../model/value.ts";
import { notNull, raise } from "../runtime/exception.ts";
import type { Delegate, EnumValue } from "../runtime/objects.ts";
import { Found, REGEX_NAMESPACE as NAMESPACE, NetRegex, NO_HIT } from "../runtime/regex.ts";
import { expandReplacement } from "../runtime/regexReplacement.ts";
import { REGEX_OPTIONS } from "../runtime/regexSyntax.ts";
import { textOf } from "../runtime/text.ts";
import type { TimeSpan } from "../runtime/time.ts";
import { stringArray } from "./support.ts";

class FoundList extends NetObject {
  override readonly type: Type;
  readonly list: readonly Found[];

  constructor(kind: "MatchCollection" | "GroupCollection", list: readonly Found[]) {
    super();
    this.type = namedType(`${NAMESPACE}.${kind}`);
    this.list = list;
  }

  override items(): Iterable<Value> {
    return this.list;
  }
}

const withText = (replacement: string | null) => {
  const text = notNull(replacement, "replacement");
  return (match: Found, input: string): string => expandReplacement(text, match, input);
};
const withDelegate = (evaluator: Delegate | null) => {
  const call = notNull(evaluator, "evaluator");
  return (match: Found): string => textOf(call.invoke(match));
};

const regexMembers: MemberTable = {
  "new(string pattern)": (pattern: string | null) => new NetRegex(pattern),
  "new(string pattern, RegexOptions options)": (pattern: string | null, options: EnumValue) =>
    new NetRegex(pattern, options),
  "new(string pattern, RegexOptions options, TimeSpan matchTimeout)": (
    pattern: string | null,
    options: EnumValue,
    matchTimeout: TimeSpan,
  ) => new NetRegex(pattern, options, matchTimeout),
  "bool IsMatch(string input)": (self: NetRegex, input: string | null) => self.first(input).hit.success,
  "Match Match(string input)": (self: NetRegex, input: string | null) => self.first(input),
  "MatchCollection Matches(string input)": (self: NetRegex, input: string | null) =>
    new FoundList("MatchCollection", self.matches(input)),
  "string Replace(string input, string replacement)": (self: NetRegex, input: string | null, text: string | null) =>
    self.replace(input, withText(text)),
  "string Replace(string input, string replacement, int count)": (
    self: NetRegex,
    input: string | null,
    text: string | null,
    count: number,
  ) => self.replace(input, withText(text), count),
  "string Replace(string input, MatchEvaluator evaluator)": (
    self: NetRegex,
    input: string | null,
    evaluator: Delegate | null,
  ) => self.replace(input, withDelegate(evaluator)),
  "string[] Split(string input)": (self: NetRegex, input: string | null) => stringArray(self.split(input)),
  "string[] Split(string input, int count)": "refused",
  "static bool IsMatch(string input, string pattern)": (input: string | null, pattern: string | null) =>
    new NetRegex(pattern).first(input).hit.success,
  "static bool IsMatch(string input, string pattern, RegexOptions options)": (
    input: string | null,
    pattern: string | null,
    options: EnumValue,
  ) => new NetRegex(pattern, options).first(input).hit.success,
  "static bool IsMatch(string input, string pattern, RegexOptions options, TimeSpan matchTimeout)": (
    input: string | null,
    pattern: string | null,
    options: EnumValue,
    matchTimeout: TimeSpan,
  ) => new NetRegex(pattern, options, matchTimeout).first(input).hit.success,
  "static Match Match(string input, string pattern)": (input: string | null, pattern: string | null) =>
    new NetRegex(pattern).first(input),
  "static Match Match(string input, string pattern, RegexOptions options)": (
    input: string | null,
    pattern: string | null,
    options: EnumValue,
  ) => new NetRegex(pattern, options).first(input),
  "static MatchCollection Matches(string input, string pattern)": (input: string | null, pattern: string | null) =>
    new FoundList("MatchCollection", new NetRegex(pattern).matches(input)),
  "static MatchCollection Matches(string input, string pattern, RegexOptions options)": (
    input: string | null,
    pattern: string | null,
    options: EnumValue,
  ) => new FoundList("MatchCollection", new NetRegex(pattern, options).matches(input)),
  "static string Replace(string input, string pattern, string replacement)": (
    input: string | null,
    pattern: string | null,
    text: string | null,
  ) => new NetRegex(pattern).replace(input, withText(text)),
  "static string Replace(string input, string pattern, string replacement, RegexOptions options)": (
    input: string | null,
    pattern: string | null,
    text: string | null,
    options: EnumValue,
  ) => new NetRegex(pattern, options).replace(input, withText(text)),
  "static string Replace(string input, string pattern, MatchEvaluator evaluator)": (
    input: string | null,
    pattern: string | null,
    evaluator: Delegate | null,
  ) => new NetRegex(pattern).replace(input, withDelegate(evaluator)),
  "static string Replace(string input, string pattern, MatchEvaluator evaluator, RegexOptions options)": (
    input: string | null,
    pattern: string | null,
    evaluator: Delegate | null,
    options: EnumValue,
  ) => new NetRegex(pattern, options).replace(input, withDelegate(evaluator)),
  "static string[] Split(string input, string pattern)": (input: string | null, pattern: string | null) =>
    stringArray(new NetRegex(pattern).split(input)),
  "static string[] Split(string input, string pattern, RegexOptions options)": (
    input: string | null,
    pattern: string | null,
    options: EnumValue,
  ) => stringArray(new NetRegex(pattern, options).split(input)),
  "static string Unescape(string str)": "refused",
};

const group = (hit: Found["hit"]): Found => new Found("Group", hit, []);

const entry = (name: string, members: MemberTable, base?: string, interfaces?: readonly string[]): TypeDefinition => ({
  namespace: NAMESPACE,
  name,
  kind: "class",
  members,
  ...(base === undefined ? {} : { base }),
  ...(interfaces === undefined ? {} : { interfaces }),
});

export const regexTypes: readonly TypeDefinition[] = [
  { namespace: NAMESPACE, name: "RegexOptions", kind: "enum", values: REGEX_OPTIONS, flags: true },
  entry("Regex", regexMembers),
  entry("Capture", {
    "int Index": (self: Found) => self.hit.index,
    "int Length": (self: Found) => self.hit.value.length,
    "string Value": (self: Found) => self.hit.value,
    "string ToString()": (self: Found) => self.hit.value,
  }),
  entry(
    "Group",
    { "bool Success": (self: Found) => self.hit.success, "CaptureCollection Captures": "refused" },
    "Capture",
  ),
  entry(
    "Match",
    {
      "GroupCollection Groups": (self: Found) =>
        new FoundList("GroupCollection", self.hit.success ? self.groups.map(group) : [group(NO_HIT)]),
      "string Result(string replacement)": (self: Found, replacement: string | null) => {
        if (!self.hit.success) raise("NotSupportedException");
        if (/\$[`'_+]/.test(notNull(replacement, "replacement"))) unsupported("this replacement pattern");
        return expandReplacement(replacement ?? "", self, "");
      },
    },
    "Group",
  ),
  entry(
    "GroupCollection",
    {
      "int Count": (self: FoundList) => self.list.length,
      "Group this[int groupnum]": (self: FoundList, number: number) => self.list[number] ?? group(NO_HIT),
      "Group this[string groupname]": (self: FoundList, name: string) =>
        self.list.find((one) => one.hit.name === name) ?? group(NO_HIT),
    },
    undefined,
    ["IEnumerable<Group>"],
  ),
  { ...entry("MatchCollection", {}, undefined, ["IEnumerable<Match>"]), unlisted: true },
  { ...entry("CaptureCollection", {}), unlisted: true },
];
