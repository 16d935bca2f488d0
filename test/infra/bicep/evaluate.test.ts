// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Bicep's own placeholders
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { deploy } from "./deployment.ts";
import { parseBicep } from "./parse.ts";

const folder = mkdtempSync(join(tmpdir(), "bicep-"));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const PARAMETERS = `param on bool = true
param off bool = false
param it object = { a: { b: 'B' }, c: 'C' }
param list array = ['x', 'y']
`;

/** What a property of a resource comes to when it is that expression. */
function evaluated(expression: string, more = ""): unknown {
  const resource = `resource one 'Some/thing@2024-01-01' = {\n  name: 'one'\n  value: ${expression}\n}\n`;
  const path = file("main.bicep", `${PARAMETERS}${more}\n${resource}`);
  return deploy(path, {}).find(({ symbol }) => symbol === "one")?.body.value;
}

describe("the reader of Bicep that these tests rest on", () => {
  it.each([
    ["'a ${it.c} b ${on}'", "a C b true"],
    ["'${it.c}-${it.c}  ${it.c} '", "C-C  C "],
    ["'it\\'s \\\\ \\${no}\\n'", "it's \\ ${no}\n"],
    ["off ? 'x' : it.a.b", "B"],
    ["on ? 'x' : it.a.b", "x"],
    ["off ? 'x' : off ? 'y' : it.a.b", "B"],
    ["off ? 'x' : it.?z ?? 'none'", "none"],
    ["on ? it.?z : 'x'", null],
    ["it.?z.?y ?? 'none'", "none"],
    ["on && it.c == 'C' ? it.a : null", { b: "B" }],
    ["!(on && off) || off", true],
    ["off || on && !contains(list, 'z')", true],
    ["it.?z ?? list[0] == 'x' ? it.c : it.a.b", "C"],
    ["[for (each, i) in list: '${i}${each}']", ["0x", "1y"]],
    ["map(list, each => { of: each })", [{ of: "x" }, { of: "y" }]],
    ["reduce([{ a: 1 }, { b: 2 }], {}, (all, each) => union(all, each))", { a: 1, b: 2 }],
    ["filter(items(it), each => each.key != 'a' && !empty(each.value))", [{ key: "c", value: "C" }]],
    ["union({ a: { b: 1 } }, { a: { c: 2 } })", { a: { b: 1, c: 2 } }],
    ["union([], ['a', 'b', 'a'])", ["a", "b"]],
    ["trim(' \\t a b ')", "a b"],
    ["list[1]", "y"],
    ["7 / 2", 3],
    ["5 - 2", 3],
    ["'''\nas it ${is}\n'''", "as it ${is}\n"],
  ])("takes %s as Bicep does", (expression, expected) => {
    expect(evaluated(expression)).toEqual(expected);
  });

  it.each([
    ["it.z", "There is no z"],
    ["list[2]", "There is no element 2"],
    ["nowhere", "declares no nowhere"],
    ["guidelines()", "The function guidelines is not known"],
    ["on ? fail('no') : 1", "no"],
    ["{ ...it }", "is not Bicep"],
  ])("says so where it does not understand, or there is nothing: %s", (expression, message) => {
    expect(() => evaluated(expression)).toThrow(message);
  });

  it("says where a file is not Bicep", () => {
    const path = file("broken.bicep", "param a string\nvar = 1\n");
    expect(() => parseBicep(path)).toThrow(/broken\.bicep\(2,\d+\) is not Bicep/);
  });

  it("leaves out what a condition leaves out, and asks nothing of it", () => {
    file("part.bicep", "resource p 'Some/part@2024-01-01' = { name: 'p' }\noutput name string = p.name\n");
    const part = "module part 'part.bicep' = if (off) { name: 'part', params: {} }";
    expect(evaluated("off ? part!.outputs.name : 'none'", part)).toBe("none");
    expect(() => evaluated("part!.outputs.name", part)).toThrow("There is no outputs");
    expect(evaluated("part.outputs.name", part.replace("off", "on"))).toBe("p");
  });

  it("knows what waits for what, through modules and variables", () => {
    file(
      "part.bicep",
      "param of string\nresource p 'Some/part@2024-01-01' = { name: of }\noutput name string = p.name\n",
    );
    const path = file(
      "main.bicep",
      `resource first 'Some/thing@2024-01-01' = { name: 'first' }
module part 'part.bicep' = { name: 'part', params: { of: first.name } }
var through = part.outputs.name
resource last 'Some/thing@2024-01-01' = { name: through }
resource apart 'Some/thing@2024-01-01' = { name: 'apart' }
`,
    );
    const waits = Object.fromEntries(deploy(path, {}).map(({ symbol, after }) => [symbol, [...after].sort()]));
    expect(waits).toEqual({ first: [], p: ["main:first"], last: ["main:first", "main:part", "part"], apart: [] });
  });
});
