import { readdir } from "node:fs/promises";
import { expect, inject, it } from "vitest";

it("all other tests here call an app that is what the deployed zip holds, and nothing beside it", async () => {
  const found = await readdir(inject("packagedApp"), { recursive: true, withFileTypes: true });
  const files = found.filter((entry) => entry.isFile()).map(({ name }) => name);
  expect(files.sort()).toEqual(["functions.cjs", "host.json", "package.json"]);
});
