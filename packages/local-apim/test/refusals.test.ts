import { describe, expect, it } from "vitest";
import { type Options, policies, problemsOf, type Sections } from "./support/gateway.ts";

const messages = async (options: Options): Promise<string[]> =>
  (await problemsOf(options)).map(({ at, message }) => `${at.line}: ${message}`);
const inbound = (text: string): Promise<string[]> => messages({ policy: { inbound: `\n${text}` } });

describe("a policy is refused when it is loaded", () => {
  it.each([
    ["unknown", `<jsonp callback-parameter-name="cb" />`, "the policy <jsonp> is not supported here"],
    [
      "with an unknown attribute",
      `<set-variable name="a" value="b" scope="c" />`,
      "the attribute 'scope' of <set-variable>",
    ],
    ["without a required attribute", `<set-variable name="a" />`, "the attribute 'value' is missing"],
    [
      "with an unknown child",
      `<set-header name="a"><value>1</value><vale>2</vale></set-header>`,
      "<vale> in <set-header>",
    ],
    ["with stray text", `<base>hello</base>`, "text is not allowed in <base>"],
    [
      "with a wrong literal",
      `<set-header name="a" exists-action="replace"><value>1</value></set-header>`,
      "must be one of override",
    ],
    ["with an expression where none may be", `<set-variable name="@("a")" value="b" />`, "'name' takes no expression"],
    ["without a value", `<set-header name="a" />`, "it needs a <value>"],
    [
      "with a value that has nothing to do there",
      `<set-header name="a" exists-action="delete"><value>1</value></set-header>`,
      "takes no <value>",
    ],
    ["with space around a value", `<set-header name="a"><value> 1 </value></set-header>`, "space around"],
    ["with a number that is none", `<rate-limit calls="many" renewal-period="60" />`, "'many' is no whole number"],
    [
      "with a condition that is none",
      `<choose><when condition="maybe" /></choose>`,
      "'maybe' is neither true nor false",
    ],
    ["with a condition that is not bool", `<choose><when condition="@(1)" /></choose>`, "@(1)"],
    ["with a choose that has no when", `<choose><otherwise /></choose>`, "it has no <when>"],
    ["with otherwise first", `<choose><otherwise /><when condition="true" /></choose>`, "<otherwise> must be the last"],
    ["inside a branch", `<choose><when condition="true"><nonsense /></when></choose>`, "the policy <nonsense>"],
    ["with an unknown fragment", `<include-fragment fragment-id="none" />`, "there is no fragment 'none'"],
    ["with an unknown backend", `<set-backend-service backend-id="none" />`, "there is no backend 'none'"],
    [
      "with two backends",
      `<set-backend-service backend-id="a" base-url="http://b" />`,
      "either backend-id or base-url",
    ],
    ["with an unknown named value", `<set-variable name="a" value="{{none}}" />`, "there is no named value 'none'"],
    ["with a Liquid body", `<set-body template="liquid">hello</set-body>`, "liquid"],
    ["with markup for a body", `<set-body><a /></set-body>`, "markup in a body"],
    [
      "with an expression in other text",
      `<set-header name="a"><value>Bearer @(context.RequestId)</value></set-header>`,
      "only as the whole value",
    ],
    ["with text after an expression", `<set-variable name="a" value="@(1) + 1" />`, "text after the expression"],
    ["with an expression that is not closed", `<set-variable name="a" value="@((1" />`, "not closed"],
    [
      "with a client certificate",
      `<send-request response-variable-name="r"><set-url>http://a</set-url><authentication-certificate thumbprint="x" /></send-request>`,
      "<authentication-certificate> in <send-request>",
    ],
    ["with no place to send to", `<send-request response-variable-name="r" />`, "it needs <set-url>"],
    [
      "with its parts in another order",
      `<return-response><set-body>a</set-body><set-status code="200" reason="" /></return-response>`,
      "must stand before",
    ],
    [
      "with a part twice",
      `<return-response><set-status code="200" reason="" /><set-status code="201" reason="" /></return-response>`,
      "given twice",
    ],
    [
      "with limits per operation",
      `<rate-limit calls="1" renewal-period="1"><api name="a" calls="1" renewal-period="1" /></rate-limit>`,
      "<api> in <rate-limit>",
    ],
    [
      "with a limit of bytes",
      `<quota-by-key bandwidth="1" calls="1" renewal-period="1" counter-key="k" />`,
      "bandwidth",
    ],
    ["with a wildcard in a template", `<rewrite-uri template="/a/*" />`, "a wildcard"],
    [
      "with waiting in a retry",
      `<retry condition="true" count="1" interval="1"><wait><base /></wait></retry>`,
      "<wait> is not allowed in <retry>",
    ],
    ["with something that cannot wait", `<wait><set-variable name="a" value="b" /></wait>`, "not allowed in <wait>"],
    [
      "with an expression that names something unknown",
      `<set-variable name="a" value="@(context.Nonsense)" />`,
      "Nonsense",
    ],
    [
      "with a type that is not on the list",
      `<set-variable name="a" value="@(System.IO.File.ReadAllText("x"))" />`,
      "File",
    ],
  ])("%s", async (_, text, message) => {
    const found = await inbound(text);
    expect(found).toEqual([expect.stringContaining(message)]);
    expect(found[0]).toMatch(/^3: /);
  });

  const sections: [keyof Sections, string][] = [
    ["inbound", "<forward-request />"],
    ["outbound", `<rewrite-uri template="/x" />`],
    ["outbound", `<validate-jwt header-name="a"><openid-config url="x" /></validate-jwt>`],
    ["outbound", `<cors><allowed-origins><origin>*</origin></allowed-origins></cors>`],
    ["onError", `<rate-limit calls="1" renewal-period="1" />`],
    ["backend", "<set-method>GET</set-method>"],
  ];
  it.each(sections)("in the section %s: %s", async (section, text) => {
    expect(await messages({ policy: { [section]: text } })).toEqual([expect.stringContaining("is not allowed in <")]);
  });

  it("at a place in an expression of several lines", async () => {
    const [problem] = await problemsOf({
      policy: { inbound: `\n<set-variable name="a" value="@{\n  var x = 1;\n  return x.Nonsense;\n}" />` },
    });
    expect(problem?.at).toMatchObject({ file: "policy.xml", line: 5 });
  });

  it("together with all others, each with its file", async () => {
    const found = await problemsOf({
      globalPolicy: { file: "global.xml", text: "<policies><inbound><base /></inbound><nonsense /></policies>" },
      fragments: { f: { file: "f.xml", text: "<fragment><base /></fragment>" }, g: { file: "g.xml", text: "<x />" } },
      policy: policies({ inbound: `<include-fragment fragment-id="f" /><nonsense />` }, "api.xml"),
    });
    expect(found.map(({ at, subject }) => `${at.file} ${subject}`).sort()).toEqual([
      "api.xml nonsense",
      "f.xml base",
      "g.xml x",
      "global.xml base",
      "global.xml nonsense",
    ]);
  });

  it("without telling the secrets in it", async () => {
    const found = await problemsOf({
      namedValues: { secret: { value: "the-secret-value", secret: true } },
      policy: {
        inbound: `<set-variable name="a" value="@("{{secret}}".Nonsense)" /><set-method>{{secret}}<x /></set-method>`,
      },
    });
    expect(found).toHaveLength(2);
    expect(JSON.stringify(found)).not.toContain("the-secret-value");
    expect(JSON.stringify(found)).toContain("[redacted]");
  });

  it("when a fragment includes another", async () => {
    const fragment = (text: string) => ({ file: "f.xml", text: `<fragment>${text}</fragment>` });
    expect(
      await messages({
        fragments: { a: fragment(`<include-fragment fragment-id="b" />`), b: fragment("") },
        policy: { inbound: `<include-fragment fragment-id="a" />` },
      }),
    ).toEqual([expect.stringContaining("cannot include another")]);
  });

  it.each([
    ["<fragment />", "begins with <policies>"],
    ["<policies><inbound /><inbound /></policies>", "given twice"],
    [`<policies a="b" />`, "has no attribute 'a'"],
    ["<policies>text</policies>", "text is not allowed"],
    ["<policies><inbound></policies>", "not readable"],
  ])("when the document is %s", async (text, message) => {
    expect(await messages({ policy: { file: "p.xml", text } })).toEqual([expect.stringContaining(message)]);
  });

  it.each([
    [{ url: "nowhere" }, "is no base URL"],
    [{ count: 0 }, "count must be 1 or more"],
    [{ interval: "1 minute" }, "is no interval"],
    [{ errorReasons: ["Server errors"] }, "is not known here"],
    [{ errorReasons: [] }, "nothing counts as a failure"],
  ])("with a backend of %o", async (more, message) => {
    const { url = "http://localhost:1", ...condition } = { url: undefined, ...more };
    const failureCondition = { count: 1, interval: "PT1M", errorReasons: ["Timeout"], ...condition };
    const rules = [{ name: "r", failureCondition, tripDuration: "PT1M" }];
    expect(await messages({ backends: { b: { url, circuitBreaker: { rules } } } })).toEqual([
      expect.stringContaining(message),
    ]);
  });
});
