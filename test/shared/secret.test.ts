import { createHash } from "node:crypto";
import { format, inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { Secret } from "../../shared/secret.ts";

const VALUE = "hunter2-and-more";

describe("a secret", () => {
  const secret = new Secret(VALUE);

  it("gives its text to whoever asks by name", () => {
    expect(secret.reveal()).toBe(VALUE);
  });

  it.each<[string, (value: Secret) => string]>([
    ["a string", String],
    ["a template", (value) => `${value}`],
    ["a sum", (value) => `token=${"".concat(String(value))}`],
    ["JSON", (value) => JSON.stringify({ deep: [value] })],
    ["inspection", (value) => inspect({ value }, { depth: null, showHidden: true })],
    ["inspection without its own say", (value) => inspect(value, { customInspect: false, showHidden: true })],
    ["a console's format", (value) => format("%s %o %O %j", value, value, value, value)],
    ["its members", (value) => JSON.stringify(Object.entries(Object.getOwnPropertyDescriptors(value)))],
    ["a copy", (value) => JSON.stringify({ ...value })],
    ["a structured clone", (value) => JSON.stringify(structuredClone(value))],
    ["an error's message", (value) => String(new Error(`failed: ${value}`))],
  ])("does not show in %s", (_how, print) => {
    expect(print(secret)).not.toContain(VALUE);
  });

  it("prints as a word that says so", () => {
    expect([`${secret}`, JSON.stringify(secret), inspect(secret)]).toEqual([
      "[redacted]",
      '"[redacted]"',
      "[redacted]",
    ]);
  });

  it("stays hidden when frozen, as settings are", () => {
    const frozen = Object.freeze(new Secret(VALUE));
    expect([frozen.reveal(), inspect(frozen)]).toEqual([VALUE, "[redacted]"]);
  });

  it("equals another of the same text, and no other, whatever their lengths", () => {
    expect(secret.equals(new Secret(VALUE))).toBe(true);
    for (const other of ["", VALUE.slice(1), `${VALUE} `, VALUE.toUpperCase(), "x".repeat(10_000)]) {
      expect(secret.equals(new Secret(other)), other).toBe(false);
    }
    expect(new Secret("").equals(new Secret(""))).toBe(true);
  });

  it("is named by its SHA-256, which reveals nothing", () => {
    expect(secret.sha256).toBe(createHash("sha256").update(VALUE).digest("base64url"));
    expect([secret.sha256, inspect(secret)]).toEqual([new Secret(VALUE).sha256, "[redacted]"]);
  });
});
