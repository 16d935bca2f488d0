import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, inject, it } from "vitest";

it("all other tests here call an app that is what the deployed zip holds, and nothing beside it", async () => {
  const app = inject("packagedApp");
  const found = await readdir(app, { recursive: true, withFileTypes: true });
  const files = found.filter((entry) => entry.isFile()).map(({ name, parentPath }) => ({ name, parentPath }));
  const loadedWhenNeeded = join(app, "dist/functions");
  const others = files.filter(({ parentPath }) => parentPath !== loadedWhenNeeded);
  expect(others.map(({ name }) => name).sort()).toEqual([
    "LICENSE",
    "THIRD-PARTY-NOTICES.txt",
    "functions.cjs",
    "host.json",
    "package.json",
  ]);
  expect(files.length).toBeGreaterThan(others.length);
  for (const { name } of files.filter((file) => !others.includes(file))) expect(name).toMatch(/^[\w-]+\.cjs$/);
});
