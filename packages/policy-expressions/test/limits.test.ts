import { describe, expect, it } from "vitest";
import {
  compileExpression,
  ExpressionLimitError,
  ExpressionUnsupportedError,
  jsonValue,
  NetException,
  toText,
} from "../src/index.ts";
import { caseContext } from "./tableCase.ts";

const NOW = Date.UTC(2026, 5, 1, 12, 30);

function evaluate(source: string) {
  return compileExpression(source).evaluate(caseContext(null, []), () => NOW);
}

describe("an evaluation is bounded", () => {
  it.each([
    "@{ while (true) { } }",
    "@{ for (;;) { try { throw new Exception(); } catch { } } }",
    "@(Enumerable.Range(0, int.MaxValue).Count())",
    "@(Enumerable.Repeat(1, int.MaxValue).Where(x => x > 1).Any())",
    '@{ var s = "x"; while (true) { s += s; } }',
    '@("x".PadLeft(int.MaxValue).Length)',
    "@(new string('x', int.MaxValue).Length)",
    "@(new int[int.MaxValue].Length)",
    "@{ int F(int n) { return F(n + 1); } return F(0); }",
    "@{ Func<int, int> f = null; f = n => f(n + 1); return f(0); }",
    '@{ var l = new List<string>(); while (true) { l.Add("x"); } }',
  ])("%s", (source) => {
    expect(() => evaluate(source)).toThrow(ExpressionLimitError);
  });

  it("keeps a limit from the expression's own catch", () => {
    expect(() => evaluate("@{ try { while (true) { } } catch { return 1; } }")).toThrow(ExpressionLimitError);
  });
});

describe("time, text and exceptions of an evaluation", () => {
  it("takes the time from the clock it is given", () => {
    expect(toText(evaluate('@(DateTime.UtcNow.ToString("s") + DateTimeOffset.UtcNow.ToUnixTimeSeconds())'))).toBe(
      `2026-06-01T12:30:00${NOW / 1000}`,
    );
    expect(toText(evaluate('@(DateTime.Parse("10:15"))'))).toBe("06/01/2026 10:15:00");
  });

  it("gives what APIM puts into a header or a body", () => {
    expect(toText(evaluate("@(true)"))).toBe("True");
    expect(toText(evaluate("@(null)"))).toBe("");
    expect(toText(evaluate("@(1.50m)"))).toBe("1.50");
    expect(toText(jsonValue('{"a":1}'))).toBe('{\n  "a": 1\n}');
  });

  it("throws .NET exceptions under their names, with their messages", () => {
    const failing = () => evaluate('@(int.Parse("x"))');
    expect(failing).toThrow(NetException);
    expect(failing).toThrow("The input string 'x' was not in a correct format.");
  });

  it("ends an evaluation that meets what is not reproduced, instead of guessing", () => {
    expect(() => evaluate("@{ object a = 1; object b = 1; return a == b; }")).toThrow(ExpressionUnsupportedError);
    expect(() => evaluate('@{ try { return "a\\u0301".IndexOf("a"); } catch { return 0; } }')).toThrow(
      ExpressionUnsupportedError,
    );
  });
});
