import { describe, expect, it } from "vitest";
import { compileExpression, ExpressionRefusedError } from "../src/index.ts";

/** Expression, what the refusal must name, and where it must point. */
const REFUSED: readonly (readonly [string, string, string])[] = [
  ["@(Foo.Bar())", "Foo", "Foo"],
  ["@(new HttpClient())", "HttpClient", "HttpClient"],
  ["@(new System.Net.Http.HttpClient())", "System.Net.Http.HttpClient", "System.Net"],
  ["@(context.Secrets)", "Secrets", "Secrets"],
  ['@("a".Frobnicate())', "Frobnicate", "Frobnicate"],
  ['@("a".Substring("b"))', "Substring", "Substring"],
  ["@(File.ReadAllText(null))", "File", "File"],
  ["@(Environment.MachineName)", "Environment", "Environment"],
  ['@(DateTime.ParseExact("2024", "yyyy", null))', "ParseExact", "ParseExact"],
  ['@(new[] { "a" }.GroupBy(x => x).Select(g => g.Key))', "Key", "Key"],
  ['@(Regex.Matches("a", "a").Item)', "Item", "Item"],
  ["@{ int x; return x; }", "x", "x; }"],
  ['@{ object o = "x"; if (o is string s) { } return s; }', "s", "s; }"],
  ["@{ try { return 1; } catch (FormatException) { return 2; } }", "FormatException", "FormatException"],
  ["@(DayOfWeek.Monday)", "DayOfWeek", "DayOfWeek"],
  ["@{ dynamic d = 1; return d; }", "dynamic", "dynamic"],
  ["@((1, 2).Item1)", "System.ValueTuple", "(1, 2)"],
  ["@{ goto end; }", "goto", "goto"],
  ["@(await context)", "await", "await"],
  ["@{ string s = null; s ??= null; return s; }", "??=", "??="],
  ['@("abc"[^1])', "^", "^1"],
  ["@(context.Api is not null)", "not", "not"],
  ["@{ unsafe { return 1; } }", "unsafe", "unsafe"],
  ["@(new Random(5).Next())", ".ctor", "new Random"],
  ['@("a".GetHashCode())', "GetHashCode", "GetHashCode"],
  ["@{ int x = 1L; return x; }", "System.Int32", "1L"],
  ["@{ return undefinedName; }", "undefinedName", "undefinedName"],
  ["@(1 +)", ")", ")"],
  ["1 + 1", "1", "1"],
];

describe("what is not known is refused by name when the expression is compiled", () => {
  it.each(REFUSED)("%s", (source, subject, place) => {
    let refusal: unknown;
    try {
      compileExpression(source);
    } catch (error) {
      refusal = error;
    }
    expect(refusal).toBeInstanceOf(ExpressionRefusedError);
    if (!(refusal instanceof ExpressionRefusedError)) return;
    expect(refusal.subject).toBe(subject);
    expect(source.indexOf(place, refusal.position)).toBeGreaterThanOrEqual(0);
    expect(refusal.message).toContain(`at offset ${refusal.position}`);
  });

  it("wants a bool where a condition is expected", () => {
    expect(() => compileExpression("@(1 == 1)", { expected: "bool" })).not.toThrow();
    expect(() => compileExpression('@("true")', { expected: "bool" })).toThrow(ExpressionRefusedError);
    expect(() => compileExpression('@(context.Variables["x"])', { expected: "bool" })).toThrow(ExpressionRefusedError);
  });
});
