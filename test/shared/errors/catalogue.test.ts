import { describe, expect, it } from "vitest";
import { CATALOGUE, POLICY_CODES } from "../../../shared/errors/catalogue.ts";
import * as errors from "../../../shared/errors/errors.ts";
import { GatewayError } from "../../../shared/errors/errors.ts";
import { EVERY_ERROR } from "./everyError.ts";

describe("the catalogue of failures", () => {
  it("has one class for each code that is not the policies' alone, and a code for each class", () => {
    const codes = [...EVERY_ERROR.map(({ code }) => code), ...POLICY_CODES];
    expect(codes.sort()).toEqual(Object.keys(CATALOGUE).sort());
  });

  it("has an example of each class", () => {
    const classes = Object.values(errors).filter((each) => each.prototype instanceof GatewayError);
    expect(EVERY_ERROR.map((error) => error.constructor.name).sort()).toEqual(classes.map(({ name }) => name).sort());
  });

  it.each(EVERY_ERROR)("names $name by its class and code", (error) => {
    expect(error).toBeInstanceOf(GatewayError);
    expect(error.name).toBe(error.constructor.name);
    const words = error.name.replace(/Error$/, "").replaceAll(/(?<=[a-z])(?=[A-Z])/g, "_");
    expect([words.toLowerCase(), `${words.toLowerCase()}_error`]).toContain(error.code);
    expect(error.message).toMatch(/\S/);
  });

  it("gives every failure of the token request a status that says whose turn it is", () => {
    for (const [code, { status, remedy }] of Object.entries(CATALOGUE)) {
      expect(status, code).toBeGreaterThanOrEqual(400);
      if (remedy === "caller" && code !== "upgrade_not_supported") expect(status, code).toBeLessThan(500);
      if (remedy === "nobody") expect([429, 503, 504], code).toContain(status);
      if (status === 401) expect(["caller", "user"], code).toContain(remedy);
    }
  });

  it("says with every 429 and 503 when to come back", () => {
    for (const error of EVERY_ERROR) {
      const { status } = CATALOGUE[error.code];
      if (status === 429 || status === 503) expect(error.members.retryAfter, error.code).toBeGreaterThan(0);
    }
  });

  it("challenges with every 401 (RFC 9110, 15.5.2), and never where another token would not help", () => {
    for (const error of EVERY_ERROR) {
      const { status } = CATALOGUE[error.code];
      if (status === 401) expect(error.challenge, error.code).toBeDefined();
      if (status >= 404) expect(error.challenge, error.code).toBeUndefined();
    }
  });
});
