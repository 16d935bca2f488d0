import { createCipheriv, createDecipheriv, createHmac, createSecretKey, randomBytes } from "node:crypto";
import { inspect } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SharedKeySeal } from "../../../../bench/seal/sharedKeySeal.ts";
import { TokenSeal } from "../../../../shared/exchange/redis/tokenSeal.ts";
import { tokenB } from "../support/subjects.ts";

const keyOf = (id: string, bytes = randomBytes(32)) => ({ id, key: createSecretKey(bytes) });
const [K1, K2] = [keyOf("k1"), keyOf("k".repeat(32))];
const entry = fc.record({
  token: fc.stringMatching(/^[A-Za-z0-9._~+/-]{1,200}={0,2}$/),
  expiresOnMs: fc.nat(),
  usableUntilMs: fc.nat(),
  claims: fc.option(fc.string(), { nil: undefined }),
  renewFromMs: fc.double({ min: 0, max: 1e13, noNaN: true, noDefaultInfinity: true }).map(Math.abs),
});
type Draft = typeof entry extends fc.Arbitrary<infer T> ? T : never;
const sealable = ({ token, expiresOnMs, claims, ...lifetime }: Draft) => ({
  token: { ...tokenB(token, expiresOnMs), ...(claims === undefined ? {} : { claims }) },
  ...lifetime,
});
const DRAFT: Draft = { token: "t", expiresOnMs: 1, claims: "c", usableUntilMs: 1, renewFromMs: 1 };

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
    for (const token of ["", "two tokens", 'a"', "a\r\nX-B: 1", "\u00e9"])
      expect(seal.open("key", seal.seal("key", sealable({ ...DRAFT, token })))).toBeUndefined();
  });

  it.each([
    ["the layout it writes", () => new TokenSeal([K1]).seal("key", sealable(DRAFT))],
    ["the layout before", () => new SharedKeySeal(K1.id, K1.key).seal("key", JSON.stringify(DRAFT))],
  ])("opens nothing that was changed in any bit, cut or lengthened, and no garbage: %s", (_layout, make) => {
    const seal = new TokenSeal([K1, K2]);
    const value = make();
    expect(seal.open("key", value)).toEqual(sealable(DRAFT));
    for (let bit = 0; bit < value.length * 8; bit++) {
      const changed = Buffer.from(value);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(seal.open("key", changed)).toBeUndefined();
    }
    for (let at = 0; at < value.length; at++) expect(seal.open("key", value.subarray(0, at))).toBeUndefined();
    expect(seal.open("key", Buffer.concat([value, Buffer.alloc(1)]))).toBeUndefined();
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

const MASTER = Buffer.from(Array.from({ length: 32 }, (_, index) => index));
const FIXED = keyOf("k1", MASTER);
const CACHE_KEY = "kH3-cacheKey";
const HEADER = Buffer.from([2, 2, 0x6b, 0x31]);
const BOUND = Buffer.concat([HEADER, Buffer.from(CACHE_KEY)]);
const ZERO_NONCE = Buffer.alloc(12);
const hmac = (key: Buffer, ...parts: readonly Buffer[]): Buffer =>
  createHmac("sha256", key).update(Buffer.concat(parts)).digest();
/** RFC 5869, 2.2 and 2.3, by hand. A 32-byte key is one block of SHA-256. */
const derivedBy = (salt: Buffer): Buffer =>
  hmac(hmac(salt, MASTER), Buffer.from("obo-gateway token-seal 2\0"), BOUND, Buffer.from([1]));

/** Decrypted by the layout's description, with nothing of the code under test. */
function openByHand(value: Buffer): string {
  const salt = value.subarray(4, 36);
  const decipher = createDecipheriv("aes-256-gcm", derivedBy(salt), ZERO_NONCE);
  decipher.setAAD(BOUND).setAuthTag(value.subarray(-16));
  return decipher.update(value.subarray(36, -16), undefined, "utf8") + decipher.final("utf8");
}

describe("a sealed value's key", () => {
  it("is HKDF-SHA-256 of the encryption key and the value's salt, as raw HMACs give it: what they seal opens", () => {
    const salt = Buffer.alloc(32, 0xa5);
    // Both texts were computed outside Node.js, with Python's hmac and cryptography.
    expect(derivedBy(salt).toString("hex")).toBe("782c29f445a3136e61f3fead1c4b3a935e59cbf6fc9e9fd78087a93125caa28e");
    const cipher = createCipheriv("aes-256-gcm", derivedBy(salt), ZERO_NONCE).setAAD(BOUND);
    const sealed = Buffer.concat([cipher.update(JSON.stringify(DRAFT)), cipher.final()]);
    const value = Buffer.concat([HEADER, salt, sealed, cipher.getAuthTag()]);
    expect(value.toString("base64")).toBe(
      "AgJrMaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWl1346hcsPQrGyMRh5weGWtlroRsiFoKoLGftZbC8/sRNllxuNZGtw0m5683q3" +
        "YlCo6Jql/eiAKsn6wAEmKTmsLYu6wRfe/NR8ZLlFGWDPrn/nfVYFNmGbDlczZmI=",
    );
    expect(new TokenSeal([FIXED]).open(CACHE_KEY, value)).toEqual(sealable(DRAFT));
  });

  it("is that same key when the value is sealed here: raw HMACs open it", () => {
    const value = new TokenSeal([FIXED]).seal(CACHE_KEY, sealable(DRAFT));
    expect(value.subarray(0, 4)).toEqual(HEADER);
    expect(JSON.parse(openByHand(value))).toEqual(DRAFT);
    expect(value.length).toBe(4 + 32 + JSON.stringify(DRAFT).length + 16);
  });

  it("is never that of another value, however often the same entry is sealed under the same name", () => {
    const seal = new TokenSeal([FIXED]);
    const values = Array.from({ length: 2_000 }, () => seal.seal(CACHE_KEY, sealable(DRAFT)));
    expect(new Set(values.map((value) => derivedBy(value.subarray(4, 36)).toString("hex"))).size).toBe(values.length);
    for (const value of values) expect(JSON.parse(openByHand(value))).toEqual(DRAFT);
  });

  it("is another one for another cache key, key id or version, even with the same salt", () => {
    const salt = Buffer.alloc(32, 1);
    const seal = new TokenSeal([FIXED, keyOf("k2", MASTER)]);
    const sealAs = (header: Buffer, info: string): Buffer => {
      const derived = hmac(hmac(salt, MASTER), Buffer.from(info), BOUND, Buffer.from([1]));
      const cipher = createCipheriv("aes-256-gcm", derived, ZERO_NONCE).setAAD(
        Buffer.concat([header, Buffer.from(CACHE_KEY)]),
      );
      const sealed = Buffer.concat([cipher.update(JSON.stringify(DRAFT)), cipher.final()]);
      return Buffer.concat([header, salt, sealed, cipher.getAuthTag()]);
    };
    expect(seal.open(CACHE_KEY, sealAs(HEADER, "obo-gateway token-seal 2\0"))).toEqual(sealable(DRAFT));
    // The tag is right for the header, and the key is derived for another one: only the derivation tells.
    expect(seal.open(CACHE_KEY, sealAs(Buffer.from([2, 2, 0x6b, 0x32]), "obo-gateway token-seal 2\0"))).toBeUndefined();
    expect(seal.open(CACHE_KEY, sealAs(HEADER, "obo-gateway token-seal 3\0"))).toBeUndefined();
    expect(seal.open("other", sealAs(HEADER, "obo-gateway token-seal 2\0"))).toBeUndefined();
  });

  it("is never printed, and neither is the encryption key", () => {
    const seal = new TokenSeal([FIXED]);
    const shown = inspect(seal, { depth: 12, showHidden: true }) + inspect(FIXED, { depth: 12, showHidden: true });
    for (const form of ["hex", "base64", "latin1"] as const) expect(shown).not.toContain(MASTER.toString(form));
    expect(shown).not.toContain("00 01 02 03");
  });
});

describe("values of the layout before", () => {
  /** Sealed by the release before, with the bytes 0 to 31 as its key. */
  const OLD = Buffer.from(
    "AQJrMW/YV+Jv3zdwmZ+9+RGx3SETy2wgsiWg/iR3n7rJfuqM15+aSZEo4u/Iu3HrHFI/f96FWXqnFsyQVUSX110l6ofCHGbccUU1f83L82mpm+" +
      "efHV9foxQzXtHxSdwjXBvxtzm99M7oP8dtVJQ11Qcx5irjOY2OQDx8f2YS5GaKj15KVtFc8Z2n/3qGctUvOM0dx1VfV9yBaMgA0ukWNScSSza3" +
      "hs3H94nQJ5Vc/yy9PnbsaB333kz/bkjdTTHp",
    "base64",
  );

  it("are read: one that the release before wrote", () => {
    const draft = {
      token: "eyJ0eXAiOiJKV1QifQ.e30.c2ln",
      expiresOnMs: 1_900_003_600_000,
      claims: '{"access_token":{}}',
      usableUntilMs: 1_900_003_480_000,
      renewFromMs: 1_900_002_880_000.5,
    };
    expect(new TokenSeal([FIXED]).open(CACHE_KEY, OLD)).toEqual(sealable(draft));
    expect(new TokenSeal([keyOf("new"), FIXED]).open(CACHE_KEY, OLD)).toEqual(sealable(draft));
    expect(new TokenSeal([FIXED]).open("other", OLD)).toBeUndefined();
    expect(new TokenSeal([keyOf("k1")]).open(CACHE_KEY, OLD)).toBeUndefined();
  });

  it("and of the new one open side by side while the encryption key changes", () => {
    const [before, after] = [keyOf("before"), keyOf("after")];
    fc.assert(
      fc.property(entry, fc.string(), (draft, key) => {
        const rotated = new TokenSeal([after, before]);
        const values = [
          new SharedKeySeal("before", before.key).seal(key, JSON.stringify(draft)),
          new TokenSeal([before]).seal(key, sealable(draft)),
          rotated.seal(key, sealable(draft)),
        ];
        for (const value of values) expect(rotated.open(key, value)).toEqual(sealable(draft));
        const later = values.map((value) => new TokenSeal([after]).open(key, value) !== undefined);
        expect(later).toEqual([false, false, true]);
      }),
    );
  });

  it("are never written: an instance of the release before meets a new value as a miss", () => {
    const value = new TokenSeal([FIXED]).seal(CACHE_KEY, sealable(DRAFT));
    expect(value[0]).not.toBe(1);
    expect(new SharedKeySeal("k1", FIXED.key).open(CACHE_KEY, value)).toBeUndefined();
    // Nor does a new value open as one of the layout before.
    const relabelled = Buffer.concat([Buffer.from([1]), value.subarray(1)]);
    expect(new TokenSeal([FIXED]).open(CACHE_KEY, relabelled)).toBeUndefined();
    expect(new SharedKeySeal("k1", FIXED.key).open(CACHE_KEY, relabelled)).toBeUndefined();
  });
});
