import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cacheKey, lifetimeOf } from "../../../shared/exchange/tokenCache.ts";
import { apiOf, tokenB, userOf } from "./support/subjects.ts";

/** Short and of few letters: so that parts that run together are met often. */
const text = fc.string({ unit: fc.constantFrom("a", "b", " ", "\0", "é"), maxLength: 3 });
const parts = fc.record({
  tenantId: text,
  clientId: text,
  assertion: text,
  api: text,
  scopes: fc.array(fc.constantFrom("a", "b", "ab"), { minLength: 1, maxLength: 2 }),
  claims: fc.option(text, { nil: undefined }),
  requestAppToken: fc.boolean(),
});
type Parts = typeof parts extends fc.Arbitrary<infer T> ? T : never;

function keyOf({ tenantId, clientId, assertion, api, scopes, claims, requestAppToken }: Parts): string {
  const settings = { ...apiOf(api, scopes), requestAppToken };
  return cacheKey(userOf("u", { tenantId, assertion }), settings, clientId, claims);
}

describe("cacheKey", () => {
  it("is the same for the same parts, whatever the order of scopes, and for an app's own token whatever the user, and another for any other", () => {
    fc.assert(
      fc.property(parts, parts, (one, other) => {
        const canonical = (each: Parts) =>
          JSON.stringify({
            ...each,
            scopes: [...each.scopes].sort(),
            assertion: each.requestAppToken ? null : each.assertion,
          }) + typeof each.claims;
        expect(keyOf(one) === keyOf(other)).toBe(canonical(one) === canonical(other));
        expect(keyOf(one)).toBe(keyOf({ ...one, scopes: [...one.scopes].reverse() }));
      }),
      { numRuns: 5_000 },
    );
  });

  it("reveals nothing", () => {
    expect(cacheKey(userOf("u", { assertion: "secret" }), apiOf("graph"), "c", "{}")).toMatch(/^[A-Za-z0-9_-]{43}$/);
  });
});

describe("lifetimeOf", () => {
  it("ends before token B by two minutes or half its life, never after token A, and is renewed before it ends", () => {
    const NOW_MS = 1_900_000_000_000;
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 90_000_000 }),
        fc.integer({ min: -60_000, max: 90_000_000 }),
        (lifeMs, leftMs) => {
          const { usableUntilMs, renewFromMs } = lifetimeOf(tokenB("B", NOW_MS + lifeMs), NOW_MS + leftMs, NOW_MS);
          expect(usableUntilMs).toBe(NOW_MS + Math.min(lifeMs - Math.min(120_000, lifeMs / 2), leftMs));
          if (usableUntilMs > NOW_MS) {
            expect(renewFromMs).toBeGreaterThan(NOW_MS);
            expect(renewFromMs).toBeLessThan(usableUntilMs);
          }
        },
      ),
    );
  });
});
