import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TokenSeal } from "../../../../shared/exchange/redis/tokenSeal.ts";
import { tokenB } from "../support/subjects.ts";

const keyOf = (id: string) => ({ id, bytes: randomBytes(32) });
const [K1, K2] = [keyOf("k1"), keyOf("k".repeat(32))];
const entry = fc.record({
  token: fc.stringMatching(/^[A-Za-z0-9._~+/-]{1,200}={0,2}$/),
  expiresOnMs: fc.nat(),
  usableUntilMs: fc.nat(),
  claims: fc.option(fc.string(), { nil: undefined }),
  renewFromMs: fc.double({ min: 0, max: 1e13, noNaN: true, noDefaultInfinity: true }).map(Math.abs),
});
const sealable = ({
  token,
  expiresOnMs,
  claims,
  ...lifetime
}: typeof entry extends fc.Arbitrary<infer T> ? T : never) => ({
  token: { ...tokenB(token, expiresOnMs), ...(claims === undefined ? {} : { claims }) },
  ...lifetime,
});

describe("TokenSeal", () => {
  it("opens what it sealed for that key, with the key that sealed it, and nothing else", () => {
    const seal = new TokenSeal([K2, K1]);
    fc.assert(
      fc.property(entry, fc.string(), fc.string(), (draft, key, other) => {
        const value = seal.seal(key, sealable(draft));
        const opened = seal.open(key, value);
        expect(opened).toEqual(sealable(draft));
        expect(opened?.token.token.reveal()).toBe(draft.token);
        expect(new TokenSeal([K1, K2]).open(key, value)?.token.token.reveal()).toBe(draft.token);
        if (other !== key) expect(seal.open(other, value)).toBeUndefined();
        expect(new TokenSeal([K1]).open(key, value)).toBeUndefined();
        expect(new TokenSeal([{ ...K1, id: K2.id }]).open(key, value)).toBeUndefined();
      }),
      { numRuns: 500 },
    );
  });

  it("opens no token that a header cannot carry", () => {
    const seal = new TokenSeal([K1]);
    const draft = { expiresOnMs: 1, claims: undefined, usableUntilMs: 1, renewFromMs: 1 };
    for (const token of ["", "two tokens", 'a"', "a\r\nX-B: 1", "\u00e9"])
      expect(seal.open("key", seal.seal("key", sealable({ ...draft, token })))).toBeUndefined();
  });

  it("opens nothing that was changed in any bit, and no garbage", () => {
    const seal = new TokenSeal([K1, K2]);
    const value = seal.seal(
      "key",
      sealable({ token: "t", expiresOnMs: 1, claims: "c", usableUntilMs: 1, renewFromMs: 1 }),
    );
    for (let bit = 0; bit < value.length * 8; bit++) {
      const changed = Buffer.from(value);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(seal.open("key", changed)).toBeUndefined();
    }
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(seal.open("key", Buffer.from(bytes))).toBeUndefined();
        // As if it were ours, as far as can be seen.
        const head = value.subarray(0, 4);
        expect(seal.open("key", Buffer.concat([head, bytes]))).toBeUndefined();
      }),
    );
  });
});
