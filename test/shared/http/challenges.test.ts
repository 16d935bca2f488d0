import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { challengesOf } from "../../../shared/net/headerFields.ts";

/** A field's challenges, as scheme and parameters. */
const read = (...fields: string[]) =>
  challengesOf(fields).map(({ scheme, parameters }) => [scheme, Object.fromEntries(parameters)]);

const MICROSOFT =
  'Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", client_id="c", error="insufficient_claims", claims="eyJh"';

describe("challengesOf", () => {
  it("reads a challenge as Microsoft's APIs send it", () => {
    expect(read(MICROSOFT)).toEqual([
      [
        "bearer",
        {
          realm: "",
          authorization_uri: "https://login.microsoftonline.com/common/oauth2/authorize",
          client_id: "c",
          error: "insufficient_claims",
          claims: "eyJh",
        },
      ],
    ]);
  });

  it.each<[string, string, unknown[]]>([
    ["one without parameters", "Negotiate", [["negotiate", {}]]],
    ["one with a token68", "Negotiate abc==", [["negotiate", {}]]],
    [
      "several in one field",
      'Basic realm="a", Bearer error=x',
      [
        ["basic", { realm: "a" }],
        ["bearer", { error: "x" }],
      ],
    ],
    [
      "the example of RFC 9110",
      'Basic realm="simple", Newauth realm="apps", type=1, title="Login to \\"apps\\""',
      [
        ["basic", { realm: "simple" }],
        ["newauth", { realm: "apps", type: "1", title: 'Login to "apps"' }],
      ],
    ],
    [
      "schemes alone, and a token68, between others",
      "NTLM, Negotiate a=, Bearer a=b",
      [
        ["ntlm", {}],
        ["negotiate", {}],
        ["bearer", { a: "b" }],
      ],
    ],
    ["empty elements and blanks", ' , ,Bearer  a = "b" ,, \t, c=d , ', [["bearer", { a: "b", c: "d" }]]],
    ["names in any case, values as they are", "BEARER ERROR=X", [["bearer", { error: "X" }]]],
    [
      "commas, equals signs and escapes in quotes",
      'Bearer a="b, c=d \\\\ \\x", e=f',
      [["bearer", { a: "b, c=d \\ x", e: "f" }]],
    ],
  ])("reads %s", (_, field, expected) => expect(read(field)).toEqual(expected));

  it("reads several fields, each by itself: a broken one spoils no other", () => {
    expect(read("Basic", 'Bearer a="', "Bearer a=b")).toEqual([
      ["basic", {}],
      ["bearer", { a: "b" }],
    ]);
  });

  it.each([
    ["no scheme", '="a"'],
    ["a parameter without value", 'Bearer a="b", c='.concat('"')],
    ["an open quote", 'Bearer a="b'],
    ["text behind a quote", 'Bearer a="b"c=d'],
    ["a parameter twice", "Bearer a=b, A=c"],
    ["a control character", 'Bearer a="\u0001"'],
    ["no separator", 'Bearer a="b" c="d"'],
    ["more than 16 challenges", Array.from({ length: 17 }, () => "a").join(",")],
    ["more than 64 parameters", `Bearer ${Array.from({ length: 65 }, (__, index) => `a${index}=b`).join(",")}`],
    ["more than 16 KiB", `Bearer a="${"b".repeat(16_384)}"`],
  ])("takes a field with %s for none", (_, field) => expect(read(field)).toEqual([]));

  it("reads back whatever is written by the rules", () => {
    const token = fc.string({ unit: fc.constantFrom(..."abcXYZ019-._~!#"), minLength: 1, maxLength: 8 });
    const text = fc.string({ unit: fc.constantFrom(...'ab ,="\\\t+/;é'), maxLength: 10 });
    const parameter = fc.record({
      name: token,
      value: fc.oneof(
        token.map((v) => ({ v, q: false })),
        text.map((v) => ({ v, q: true })),
      ),
    });
    const challenge = fc.record({
      scheme: token,
      parameters: fc.uniqueArray(parameter, { selector: ({ name }) => name.toLowerCase(), maxLength: 5 }),
    });
    const separator = fc.constantFrom(",", ", ", " ,\t", ",, ");
    fc.assert(
      fc.property(fc.array(challenge, { maxLength: 5 }), separator, (challenges, comma) => {
        const field = challenges
          .map(({ scheme, parameters }) => {
            const written = parameters.map(({ name, value: { v, q } }) =>
              q ? `${name}="${v.replace(/["\\]/g, "\\$&")}"` : `${name}=${v}`,
            );
            return [scheme, written.join(comma)].filter((part) => part !== "").join(" ");
          })
          .join(comma);
        expect(read(field)).toEqual(
          challenges.map(({ scheme, parameters }) => [
            scheme.toLowerCase(),
            Object.fromEntries(parameters.map(({ name, value }) => [name.toLowerCase(), value.v])),
          ]),
        );
      }),
      { numRuns: 3_000 },
    );
  });

  it("never throws, and never takes long", () => {
    const hostile = fc.string({ unit: fc.constantFrom(...'aB=",\\ \t/+~\u0000é'), maxLength: 60 });
    fc.assert(
      fc.property(fc.oneof(hostile, fc.string()), (field) => void challengesOf([field])),
      { numRuns: 5_000 },
    );
    for (const unit of [",", " ", "a ", 'a="', '\\"', "a=,", "=", "a "]) {
      const sinceMs = performance.now();
      challengesOf([`Bearer ${unit.repeat(16_000 / unit.length)}`]);
      // Milliseconds in fact; a second would be quadratic time.
      expect(performance.now() - sinceMs).toBeLessThan(1_000);
    }
  });
});
