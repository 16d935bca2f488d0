import { describe, expect, it } from "vitest";
import { COMPILER, compiler } from "./support/compiler.ts";

if (COMPILER === undefined)
  process.stderr.write("No Bicep compiler on PATH or in BICEP_PATH: its own checks are skipped.\n");

describe.skipIf(COMPILER === undefined)("the Bicep compiler", () => {
  it.each([
    ["build", ["main.bicep", "--stdout"]],
    ["lint", ["main.bicep"]],
    ["build-params", ["main.bicepparam", "--stdout"]],
  ])("%s has nothing to say", (command, args) => {
    const { status, stderr } = compiler(command, ...args);
    expect(stderr).not.toMatch(/\b(Error|Warning)\b/);
    expect(status).toBe(0);
  });
});
