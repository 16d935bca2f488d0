import { unsupported } from "../errors.ts";
import type { MemberTable, TypeDefinition } from "../model/definition.ts";
import { namedType, type Type } from "../model/type.ts";
import { NetObject, type Value } from "../model/value.ts";
import { notNull, raise } from "../runtime/exception.ts";
import type { Delegate, EnumValue } from "../runtime/objects.ts";
import { REGEX_OPTIONS, type TranslatedRegex, translateRegex } from "../runtime/regexSyntax.ts";
import { textOf } from "../runtime/text.ts";
import { stringArray } from "./support.ts";

const NAMESPACE = "System.Text.RegularExpressions";

interface Hit {
  readonly name: string;
  readonly success: boolean;
  readonly index: number;
  readonly value: string;
}

/** Group and Match: a match is its group 0 and has the others. */
class Found extends NetObject {
  override readonly type: Type;
  readonly hit: Hit;
  readonly groups: readonly Hit[];

  constructor(kind: "Match" | "Group", hit: Hit, groups: readonly Hit[]) {
    super();
    this.type = namedType(`${NAMESPACE}.${kind}`);
    this.hit = hit;
    this.groups = groups;
  }

  override toText(): string {
    return this.hit.value;
  }
}

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

class NetRegex extends NetObject {
  readonly pattern: string;
  readonly translated: TranslatedRegex;

  constructor(pattern: string | null, options?: EnumValue) {
    super();
    this.pattern = notNull(pattern, "pattern");
    this.translated = translateRegex(this.pattern, options?.value ?? 0);
  }

  override get type(): Type {
    return namedType(`${NAMESPACE}.Regex`);
  }

  override toText(): string {
    return this.pattern;
  }

  *matches(input: string): Iterable<Found> {
    if (/[\ud800-\udfff]/.test(input)) unsupported("a regular expression on text beyond the Basic Multilingual Plane");
    const { expression, names, order } = this.translated;
    for (const match of input.matchAll(expression)) {
      const hits = names.map((name, i): Hit => {
        const number = order[i] ?? 0;
        const value = match[number];
        const index = match.indices?.[number]?.[0] ?? 0;
        return { name, success: value !== undefined, index: value === undefined ? 0 : index, value: value ?? "" };
      });
      const [whole] = hits;
      if (whole !== undefined) yield new Found("Match", whole, hits);
    }
  }

  first(input: string | null): Found {
    for (const found of this.matches(notNull(input, "input"))) return found;
    return new Found("Match", { name: "0", success: false, index: 0, value: "" }, []);
  }

  replace(input: string | null, by: (match: Found, input: string) => string, limit = -1): string {
    const text = notNull(input, "input");
    let result = "";
    let at = 0;
    let left = limit;
    for (const match of this.matches(text)) {
      if (left === 0) break;
      left--;
      result += text.slice(at, match.hit.index) + by(match, text);
      at = match.hit.index + match.hit.value.length;
    }
    return result + text.slice(at);
  }

  split(input: string | null): string[] {
    const text = notNull(input, "input");
    const pieces: string[] = [];
    let at = 0;
    for (const { hit, groups } of this.matches(text)) {
      pieces.push(
        text.slice(at, hit.index),
        ...groups
          .slice(1)
          .filter((group) => group.success)
          .map((group) => group.value),
      );
      at = hit.index + hit.value.length;
    }
    return [...pieces, text.slice(at)];
  }
}

// $1, ${name}, $&, $$, $`, $', $_, $+ in a replacement.
function expand(replacement: string, match: Found, input: string): string {
  return replacement.replace(
    /\$(?:(\d+)|\{(\w+)\}|([$&`'_+]))/g,
    (whole, number?: string, name?: string, special?: string) => {
      if (number !== undefined && match.groups[Number(number)] === undefined && number.length > 1)
        return unsupported(`'${whole}' in a replacement`);
      const group = number === undefined ? match.groups.find((one) => one.name === name) : match.groups[Number(number)];
      if (special === undefined) return group === undefined ? whole : group.value;
      switch (special) {
        case "$":
          return "$";
        case "&":
          return match.hit.value;
        case "`":
          return input.slice(0, match.hit.index);
        case "'":
          return input.slice(match.hit.index + match.hit.value.length);
        case "_":
          return input;
        default:
          return unsupported("'$+' in a replacement");
      }
    },
  );
}

const withText = (replacement: string | null) => {
  const text = notNull(replacement, "replacement");
  return (match: Found, input: string): string => expand(text, match, input);
};
const withDelegate = (evaluator: Delegate | null) => {
  const call = notNull(evaluator, "evaluator");
  return (match: Found): string => textOf(call.invoke(match));
};

const regexMembers: MemberTable = {
  "new(string pattern)": (pattern: string | null) => new NetRegex(pattern),
  "new(string pattern, RegexOptions options)": (pattern: string | null, options: EnumValue) =>
    new NetRegex(pattern, options),
  "new(string pattern, RegexOptions options, TimeSpan matchTimeout)": (pattern: string | null, options: EnumValue) =>
    new NetRegex(pattern, options),
  "bool IsMatch(string input)": (self: NetRegex, input: string | null) => self.first(input).hit.success,
  "Match Match(string input)": (self: NetRegex, input: string | null) => self.first(input),
  "MatchCollection Matches(string input)": (self: NetRegex, input: string | null) =>
    new FoundList("MatchCollection", [...self.matches(notNull(input, "input"))]),
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
  ) => new NetRegex(pattern, options).first(input).hit.success,
  "static Match Match(string input, string pattern)": (input: string | null, pattern: string | null) =>
    new NetRegex(pattern).first(input),
  "static Match Match(string input, string pattern, RegexOptions options)": (
    input: string | null,
    pattern: string | null,
    options: EnumValue,
  ) => new NetRegex(pattern, options).first(input),
  "static MatchCollection Matches(string input, string pattern)": (input: string | null, pattern: string | null) =>
    new FoundList("MatchCollection", [...new NetRegex(pattern).matches(notNull(input, "input"))]),
  "static MatchCollection Matches(string input, string pattern, RegexOptions options)": (
    input: string | null,
    pattern: string | null,
    options: EnumValue,
  ) => new FoundList("MatchCollection", [...new NetRegex(pattern, options).matches(notNull(input, "input"))]),
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

const group = (hit: Hit): Found => new Found("Group", hit, []);
const MISSING: Hit = { name: "", success: false, index: 0, value: "" };

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
        new FoundList("GroupCollection", self.hit.success ? self.groups.map(group) : [group(MISSING)]),
      "string Result(string replacement)": (self: Found, replacement: string | null) => {
        if (!self.hit.success) raise("NotSupportedException");
        if (/\$[`'_+]/.test(notNull(replacement, "replacement"))) unsupported("this replacement pattern");
        return expand(replacement ?? "", self, "");
      },
    },
    "Group",
  ),
  entry(
    "GroupCollection",
    {
      "int Count": (self: FoundList) => self.list.length,
      "Group this[int groupnum]": (self: FoundList, number: number) => self.list[number] ?? group(MISSING),
      "Group this[string groupname]": (self: FoundList, name: string) =>
        self.list.find((one) => one.hit.name === name) ?? group(MISSING),
    },
    undefined,
    ["IEnumerable<Group>"],
  ),
  { ...entry("MatchCollection", {}, undefined, ["IEnumerable<Match>"]), unlisted: true },
  { ...entry("CaptureCollection", {}), unlisted: true },
];
