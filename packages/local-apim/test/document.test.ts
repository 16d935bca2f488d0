import { describe, expect, it } from "vitest";
import { balancedEnd } from "../src/document/csharpScanner.ts";
import type { PolicyElement } from "../src/document/policyElement.ts";
import { readPolicyXml } from "../src/document/readPolicyXml.ts";
import { PolicyProblemError } from "../src/refusal.ts";

const read = (text: string): PolicyElement => readPolicyXml({ file: "p.xml", text });
const attribute = (text: string): string | undefined => read(text).attributes.get("c")?.text;

describe("a policy file", () => {
  it.each([
    ["well-formed", `<a c="@(x == &quot;y&quot; &amp;&amp; b &lt; 3)" />`, `@(x == "y" && b < 3)`],
    ["well-formed in single quotes", `<a c='@(x == "y")' />`, `@(x == "y")`],
    ["raw", `<a c="@(x == "y" && b < 3)" />`, `@(x == "y" && b < 3)`],
    ["raw with some of it escaped", `<a c="@(x == &quot;y&quot; && "&amp;" == "z")" />`, `@(x == "y" && "&" == "z")`],
    [
      "raw with brackets in strings",
      `<a c="@(f(")") + ')' + @"\\" + $"{g("}")}")" />`,
      `@(f(")") + ')' + @"\\" + $"{g("}")}")`,
    ],
    ["raw with comments", `<a c="@{ // it's (\n /* " */ return 1; }" d="x" />`, `@{ // it's (\n /* " */ return 1; }`],
    ["raw with tags in strings", `<a c="@("</a>" + "<b c='1'/>")"></a>`, `@("</a>" + "<b c='1'/>")`],
    ["raw with a lone ampersand in a literal", `<a c="/x?a=b&c=d" e="@("")" />`, "/x?a=b&c=d"],
    ["with line ends in an attribute", `<a c="@{\r\n  return 1; // one\r\n}" />`, "@{\n  return 1; // one\n}"],
    ["with a byte order mark", `\uFEFF<a c="1" />`, "1"],
  ])("%s", (_, text, value) => {
    expect(attribute(text)).toBe(value);
  });

  it("has raw expressions as text too, and keeps what is in CDATA and comments apart", () => {
    const root = read(`<a>
      <!-- "@(" <b> -->
      <b>@(1 < 2 ? "<x>" : "&")</b>
      <c><![CDATA[@(1 < 2)]]></c>
      <d> @{ return "a" + "<" ; } </d>
    </a>`);
    expect(root.children.map(({ text }) => text?.text.trim())).toEqual([
      `@(1 < 2 ? "<x>" : "&")`,
      "@(1 < 2)",
      `@{ return "a" + "<" ; }`,
    ]);
  });

  it("knows where everything stands, in either form", () => {
    for (const quote of [`"`, "&quot;"]) {
      const root = read(`<a>\n  <b c="@(\n ${quote}x${quote}\n)"\n     d="1">\n    <e />\n  </b></a>`);
      const [b] = root.children;
      expect(b?.at).toMatchObject({ file: "p.xml", line: 2, column: 3 });
      expect(b?.attributes.get("d")?.at).toMatchObject({ line: 5, column: 8 });
      expect(b?.children[0]?.at).toMatchObject({ line: 6, column: 5 });
    }
  });

  it.each([
    ["an open element", "<a>\n<b></a>", 2],
    ["a repeated attribute", `<a b="1" b="2" />`, 1],
    ["nothing", "", 1],
    ["no XML", "hello", 1],
    ["two roots", "<a />\n<b />", 2],
    ["an unclosed raw expression", `<a>\n<b c="@(x("y" />\n</a>`, 2],
  ])("with %s is refused", (_, text, line) => {
    expect(() => read(text)).toThrow(PolicyProblemError);
    try {
      read(text);
    } catch (error) {
      expect(error).toMatchObject({ problem: { at: { file: "p.xml", line } } });
    }
  });
});

describe("balanced C#", () => {
  it.each([
    [`(a)b`, 3],
    [`("\\")")`, 7],
    [`(@"\\")`, 6],
    [`(@"""")`, 7],
    [`('\\'')x`, 6],
    [`($"{{{a}}}")`, 12],
    [`($@"{a["k"]}""")`, 16],
    [`(/* ) */)`, 9],
    [`{ // }\n}`, 8],
    [`(a`, -1],
    [`("a)`, -1],
  ])("%s ends at %i", (text, end) => {
    expect(balancedEnd(text, 0)).toBe(end);
  });
});
