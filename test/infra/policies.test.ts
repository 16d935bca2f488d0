import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  CONSUMPTION,
  MANAGED_IDENTITY,
  policySources,
  sourcesOf,
  VARIANTS,
  type Variant,
  variantOf,
} from "../../scripts/policies.ts";
import { withRegions } from "../../scripts/policyRegions.ts";
import { CATALOGUE, POLICY_CODES } from "../../shared/errors/catalogue.ts";

const FOLDER = join(import.meta.dirname, "../../infra/policies");
/** "Policy document size" of the tier, in Microsoft's limits of API Management. */
const MAX_CONSUMPTION_BYTES = 16_384;
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

const filesOf = ({ folder }: Variant): string[] => policies.filter((file) => file.startsWith(`${folder}/`));

describe.each(VARIANTS)("the variant $folder", (variant) => {
  it("is what the generator makes of the sources now (npm run policies)", async () => {
    const sources = await sourcesOf(variant, FOLDER);
    const files = filesOf(variant).map((file) => file.slice(variant.folder.length + 1));
    expect(files.sort()).toEqual([...sources.keys()].sort());
    for (const [path, source] of sources) {
      expect(readFileSync(join(FOLDER, variant.folder, path), "utf8"), path).toBe(variantOf(source, variant));
    }
  });

  it.each([
    ["<!-- X -->\n<a/>", "do not pair up"],
    ["<!-- /X -->\n", "do not pair up"],
    ["<!-- X -->\n<!-- X -->\n<!-- /X -->\n", "stands twice"],
  ])("is not made of marks that do not pair up: %j", (policy, message) => {
    expect(() => variantOf(policy.replaceAll("X", variant.without), variant)).toThrow(message);
  });
});

describe("the tier Consumption", () => {
  it("gets nothing that it lacks, and no document longer than it takes", async () => {
    for (const file of filesOf(CONSUMPTION)) {
      expect(read(file), file).not.toMatch(/<(rate-limit-by-key|quota-by-key|cache-(lookup|store|remove))/);
    }
    const sources = await sourcesOf(CONSUMPTION, FOLDER);
    const deployed = policies.filter((file) => !sources.has(file) && !file.startsWith(`${MANAGED_IDENTITY.folder}/`));
    for (const file of deployed)
      expect(readFileSync(join(FOLDER, file)).length, file).toBeLessThanOrEqual(MAX_CONSUMPTION_BYTES);
  });
});

describe("API Management's own token in the cache", () => {
  const KEY =
    /<cache-(lookup|store)-value key="obo-gateway-token \{\{clientId}} \{\{scope}} \{\{authorizationServer}}"/g;

  it("is under a key of its client, scope and authority, in the service's own cache and no external one", async () => {
    for (const [path, source] of await policySources(FOLDER)) {
      const uses = source.match(/<cache-[\w-]+ [^>]*>/g) ?? [];
      expect(uses.length, path).toBe(source.match(KEY)?.length ?? 0);
      for (const use of uses) expect(use, path).toContain('caching-type="internal"');
    }
  });

  it("is not looked for where there is none: with a managed identity", () => {
    expect(filesOf(MANAGED_IDENTITY)).toHaveLength(2);
    for (const file of filesOf(MANAGED_IDENTITY)) expect(read(file), file).not.toContain("<cache-");
  });
});

describe("a browser's requests", () => {
  it("meet the same rules at both APIs", () => {
    const cors = (file: string): string | undefined => /<cors [\s\S]*?(?=\n {4}<base \/>)/.exec(read(file))?.[0];
    expect(cors("downstream.xml")).toContain("Access-Control-Allow-Methods");
    expect(cors("downstream-token.xml")).toBe(cors("downstream.xml"));
  });
});

describe("the generated regions", () => {
  it.each([
    ["request-guards", "obo-forged"],
    ["direct-rules", "obo-dropped", "direct-request"],
    ["direct-answer", "obo-dropped-answer"],
  ])("have a slot for each header that %s lets %s have", (guard, variable, deleting = guard) => {
    const name = `((string)context.Variables["${variable}"]).Split(' ')`;
    const slots = read(`fragments/${deleting}.xml`).split(`<set-header name="@(${name}.ElementAtOrDefault(`).length - 1;
    // The first name is nobody's.
    const [, limit] =
      read(`fragments/${guard}.xml`)
        .split(`${name}.Length`)[1]
        ?.match(/^ (?:>|&gt;) (\d+)\)/) ?? [];
    expect([slots > 10, Number(limit)]).toEqual([true, slots + 1]);
  });

  it("are what the generator makes of them now (npm run policies)", async () => {
    for (const [path, source] of await policySources(FOLDER)) expect(source, path).toBe(withRegions(source));
  });

  it.each([
    ["<!-- generated: nonsense -->\n<!-- /generated -->\n", "nothing to generate"],
    ["<!-- generated: deletion of obo-forged -->\n", "do not pair up"],
    ["<!-- /generated -->\n", "do not pair up"],
  ])("are not made between marks that are wrong: %j", (policy, message) => {
    expect(() => withRegions(policy)).toThrow(message);
  });
});

function pick(code: string): { status: number; title: string } | undefined {
  const entry = Object.entries(CATALOGUE).find(([name]) => name === code)?.[1];
  return entry === undefined ? undefined : { status: entry.status, title: entry.title };
}
