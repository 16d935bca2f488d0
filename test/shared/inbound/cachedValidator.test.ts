import { describe, expect, it } from "vitest";
import { cachedValidator } from "../../../shared/inbound/callerAuthenticator.ts";
import { Secret } from "../../../shared/secret.ts";

const MINUTE_MS = 60_000;

/** A validator whose verdicts are counted. */
function counted({ lifeMs = 60 * MINUTE_MS, maxBytes = 1_000_000 } = {}) {
  const clock = { ms: 1_900_000_000_000 };
  let asked = 0;
  let failure: Error | undefined;
  const expiresOnMs = clock.ms + lifeMs;
  const validate = cachedValidator(
    async (token) => {
      asked++;
      if (failure !== undefined) throw failure;
      return { expiresOnMs, of: token.reveal() };
    },
    { maxBytes, now: () => clock.ms },
  );
  return {
    clock,
    validate: (token: string) => validate(new Secret(token)),
    asked: () => asked,
    fail: (error: Error | undefined) => {
      failure = error;
    },
  };
}

describe("cachedValidator", () => {
  it("asks once for a token, and for each token", async () => {
    const { validate, asked } = counted();
    for (let call = 0; call < 3; call++) {
      expect((await validate("a")).of).toBe("a");
      expect((await validate("b")).of).toBe("b");
    }
    expect(asked()).toBe(2);
  });

  it("asks again after five minutes", async () => {
    const { validate, asked, clock } = counted();
    await validate("a");
    clock.ms += 5 * MINUTE_MS - 1;
    await validate("a");
    expect(asked()).toBe(1);
    clock.ms += 1;
    await validate("a");
    expect(asked()).toBe(2);
  });

  it("believes no verdict past the token's own end", async () => {
    const { validate, asked, clock } = counted({ lifeMs: 1_000 });
    await validate("a");
    clock.ms += 999;
    await validate("a");
    expect(asked()).toBe(1);
    for (let call = 0; call < 2; call++) {
      clock.ms += 1;
      await validate("a");
    }
    expect(asked()).toBe(3);
  });

  it("asks again when the clock was set back", async () => {
    const { validate, asked, clock } = counted();
    await validate("a");
    clock.ms -= 1;
    await validate("a");
    expect(asked()).toBe(2);
  });

  it("remembers no refusal", async () => {
    const { validate, asked, fail } = counted();
    fail(new Error("no"));
    await expect(validate("a")).rejects.toThrow("no");
    fail(undefined);
    expect((await validate("a")).of).toBe("a");
    expect(asked()).toBe(2);
  });

  it("stays within its bytes, and forgets the least recently used", async () => {
    const { validate, asked } = counted({ maxBytes: 10_000 });
    for (let count = 0; count < 100; count++) await validate(`${count}`.padEnd(1_000, "x"));
    expect(asked()).toBe(100);
    await validate("99".padEnd(1_000, "x"));
    expect(asked()).toBe(100);
    await validate("0".padEnd(1_000, "x"));
    expect(asked()).toBe(101);
  });
});
