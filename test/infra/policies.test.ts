import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { CONSUMPTION, forConsumption, tierDependentPolicies } from "../../scripts/consumptionPolicies.ts";
import { CATALOGUE, POLICY_CODES } from "../../shared/errors/catalogue.ts";

const FOLDER = join(import.meta.dirname, "../../infra/policies");
const policies = readdirSync(FOLDER, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".xml"));
const read = (file: string): string => readFileSync(join(FOLDER, file), "utf8").replaceAll("&quot;", '"');

describe("the problems that the policies answer", () => {
  const rows = [...read("fragments/problem.xml").matchAll(/\{ "(\w+)", new\[\] \{ "(\d+)", "([^"]+)", "[^"]+" \} \}/g)];
  const known = rows.map(([, code]) => code);

  it("are the functions' codes, with the same status and title", () => {
    expect(rows.length).toBeGreaterThan(10);
    for (const [, code = "", status, title] of rows) {
      expect({ code, status: Number(status), title }).toEqual({ code, ...pick(code) });
    }
  });

  it("are all that a policy names, and all that only policies raise", () => {
    const named = policies.flatMap((file) => [
      ...[...read(file).matchAll(/name="obo-code" value="(\w+)"/g)].map(([, code]) => code),
      ...[...(file === "fragments/on-error.xml" ? read(file) : "").matchAll(/(?:return|\?|:) "([a-z]\w+)"/g)].map(
        ([, code]) => code,
      ),
    ]);
    expect(new Set(named)).toEqual(new Set(known));
    expect(known).toEqual(expect.arrayContaining([...POLICY_CODES]));
  });
});

describe("the Consumption variant", () => {
  it("is what the generator makes of the sources now (npm run policies)", async () => {
    const sources = await tierDependentPolicies(FOLDER);
    const variants = policies
      .filter((file) => file.startsWith(CONSUMPTION))
      .map((file) => file.slice(CONSUMPTION.length + 1));
    expect(variants.sort()).toEqual([...sources.keys()].sort());
    for (const [path, source] of sources) {
      expect(readFileSync(join(FOLDER, CONSUMPTION, path), "utf8"), path).toBe(forConsumption(source));
    }
  });

  it("has nothing that the tier lacks", () => {
    for (const file of policies.filter((path) => path.startsWith(CONSUMPTION))) {
      expect(read(file), file).not.toMatch(/<(rate-limit-by-key|quota-by-key|cache-(lookup|store|remove))/);
    }
  });

  it.each([
    ["<!-- not on Consumption -->\n<a/>", "do not pair up"],
    ["<!-- /not on Consumption -->\n", "do not pair up"],
    ["<!-- not on Consumption -->\n<!-- not on Consumption -->\n<!-- /not on Consumption -->\n", "stands twice"],
  ])("is not made of marks that do not pair up: %j", (policy, message) => {
    expect(() => forConsumption(policy)).toThrow(message);
  });
});

function pick(code: string): { status: number; title: string } | undefined {
  const entry = Object.entries(CATALOGUE).find(([name]) => name === code)?.[1];
  return entry === undefined ? undefined : { status: entry.status, title: entry.title };
}
