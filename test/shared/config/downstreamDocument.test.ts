import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { load, mistakes } from "./environment.ts";

const read = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), "utf8");
const table = read("docs/downstream-apis.md").split("## The path")[0] ?? "";
const documented = [...table.matchAll(/^\| `(\w+?)(?:__[^`]*)?`/gm)].map(([, name]) => name ?? "");

it("docs/downstream-apis.md has a row for each setting of an API, and docs/settings.md too", () => {
  // As many as there are values, but for the name and the base URL's two parts.
  expect(documented).toHaveLength(Object.keys(load().downstreamApis.graph ?? {}).length - 2);
  for (const name of documented) {
    const wrong = mistakes({ [`DownstreamApis__graph__${name}x`]: "x" });
    expect(wrong[0]?.expected).toContain(`did you mean DownstreamApis__graph__${name}?`);
    expect(read("docs/settings.md")).toContain(`\`DownstreamApis__{name}__${name}`);
  }
});
