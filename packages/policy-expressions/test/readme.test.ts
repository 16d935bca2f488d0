import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { compileExpression, toText } from "../src/index.ts";
import { caseContext } from "./tableCase.ts";

it("the README's example prints what the README says", () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  const [, quoted = ""] = /const source = '(.*)';/.exec(readme) ?? [];
  const [, printed] = /console\.log\(toText\(value\)\); \/\/ (.*)/.exec(readme) ?? [];
  const expression = compileExpression(quoted.replaceAll("\\'", "'"));
  expect(toText(expression.evaluate(caseContext(null, []), Date.now))).toBe(printed);
});
