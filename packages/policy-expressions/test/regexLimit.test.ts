import { describe, expect, it } from "vitest";
import { compileExpression, ExpressionLimitError, NetException, toText } from "../src/index.ts";
import { endsWithin } from "../src/runtime/timeLimit.ts";
import { caseContext } from "./tableCase.ts";

// Each further "a" doubles the ways to try (a+)+ before it fails at the "b".
const INPUT = `${"a".repeat(60)}b`;
const evaluate = (source: string) =>
  toText(compileExpression(source).evaluate(caseContext(null, []), () => Date.UTC(2026, 5, 1)));

describe("a search that backtracks without end", () => {
  it.each([
    ["(a+)+$", `@(Regex.IsMatch("${INPUT}", "(a+)+$"))`],
    ["(a|a)*$", `@{ try { return new Regex("(a|a)*$").Replace("${INPUT}", "x"); } catch { return "caught"; } }`],
    ["a*a*a*a*a*a*a*a*a*a*$", `@(Regex.Matches("${INPUT}", "a*a*a*a*a*a*a*a*a*a*$").Count())`],
  ])("is stopped, with its limit and its pattern named: %s", (pattern, source) => {
    expect(() => evaluate(source)).toThrow(
      new ExpressionLimitError(`1000 ms for one search by the regular expression '${pattern}'`),
    );
  });

  it("raises .NET's exception, which the policy may catch, at the time-out the policy sets", () => {
    const search = `new Regex("(a+)+$", RegexOptions.None, TimeSpan.FromMilliseconds(20)).IsMatch("${INPUT}")`;
    expect(() => evaluate(`@(${search})`)).toThrow(NetException);
    expect(() => evaluate(`@(${search})`)).toThrow("The Regex engine has timed out");
    expect(evaluate(`@{ try { return ${search}.ToString(); } catch (Exception) { return "caught"; } }`)).toBe("caught");
    expect(evaluate('@(Regex.Replace("aab", "(a+)+b", "<$1>"))')).toBe("<aa>");
  });
});

it.each(["TimeSpan.Zero", "TimeSpan.FromMilliseconds(-2)", "TimeSpan.FromDays(30)"])(
  "refuses %s as a time-out",
  (span) => {
    expect(() => evaluate(`@(Regex.IsMatch("a", "a", RegexOptions.None, ${span}))`)).toThrow("matchTimeout");
  },
);

it("gives the same matches watched and unwatched", () => {
  const long = "ab ".repeat(2000);
  expect(evaluate(`@(Regex.Matches("${long}", "(?:[a-z])+").Count())`)).toBe("2000");
  expect(evaluate(`@(Regex.Replace("${long}", "[a-z]+ ", "x"))`)).toBe("x".repeat(2000));
  expect(evaluate('@(Regex.Replace("ab ab", "[a-z]+", "x"))')).toBe("x x");
  expect(evaluate('@(new Regex("a").Replace("aaa", "x", 0))')).toBe("aaa");
});

// A pattern of the interpreter's own that backtracks over them takes ten seconds and more.
it.each(["bool", "decimal", "double", "int"])("%s.TryParse reads past many spaces in one go", (type) => {
  for (const start of ["", "1"]) {
    const text = `"${start}" + new string(' ', 300000) + "x"`;
    expect(evaluate(`@{ return ${type}.TryParse(${text}, out var result).ToString(); }`)).toBe("False");
  }
});

it("hands on what the watched work throws", () => {
  const failure = new RangeError("too deep");
  expect(() =>
    endsWithin(1000, () => {
      throw failure;
    }),
  ).toThrow(failure);
});
