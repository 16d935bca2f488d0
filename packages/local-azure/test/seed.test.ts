import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { seedDirectory } from "../src/seed.ts";

describe("the seeded directory", () => {
  const seed = () => seedDirectory({ randomBytes, now: Date.now });

  it("has the same ids each time, and other secrets", () => {
    const [one, other] = [seed(), seed()];
    expect(one.gateway.clientId).toBe(other.gateway.clientId);
    expect(one.users.alice.oid).toBe(other.users.alice.oid);
    expect(one.gatewaySecret).not.toBe(other.gatewaySecret);
    const passwords = [one, other].flatMap(({ users }) => Object.values(users).map(({ password }) => password));
    expect(new Set(passwords).size).toBe(8);
    for (const password of passwords) expect(password.length).toBeGreaterThanOrEqual(40);
  });

  it("makes its secrets of the randomness it is given", () => {
    const zeros = { randomBytes: (bytes: number) => Buffer.alloc(bytes), now: () => 0 };
    expect(seedDirectory(zeros).gatewaySecret).toBe(seedDirectory(zeros).gatewaySecret);
  });
});
