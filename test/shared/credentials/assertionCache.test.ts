import { setImmediate } from "node:timers/promises";
import { beforeEach, describe, expect, it } from "vitest";
import { ClientAssertionCache } from "../../../shared/credentials/clientAssertion.ts";
import { Secret } from "../../../shared/secret.ts";

const LIFETIME_MS = 600_000;
const HALF_MS = LIFETIME_MS / 2;
const USED_UNTIL_MS = LIFETIME_MS - 60_000;
const PAUSE_MS = 10_000;
const START_MS = Date.UTC(2026, 5, 1);
const ENDPOINT = "https://login.microsoftonline.com/a/oauth2/v2.0/token";
const OTHER_ENDPOINT = "https://login.microsoftonline.com/b/oauth2/v2.0/token";

describe("ClientAssertionCache", () => {
  let nowMs: number;
  let made: string[];
  let broken: boolean;
  let assertions: ClientAssertionCache;
  beforeEach(() => {
    nowMs = START_MS;
    made = [];
    broken = false;
    assertions = new ClientAssertionCache(
      async (tokenEndpoint) => {
        made.push(tokenEndpoint);
        const madeMs = nowMs;
        const value = new Secret(`assertion ${made.length}`);
        await setImmediate();
        if (broken) throw new Error("the vault is down");
        return { value, madeMs, renewMs: madeMs + HALF_MS, expiresMs: madeMs + LIFETIME_MS };
      },
      () => nowMs,
    );
  });
  /** Lets what goes on in the background come to its end. */
  const settled = async () => {
    for (let turn = 0; turn < 3; turn++) await setImmediate();
  };

  it("makes one for all that ask at once, and keeps it, for each token endpoint", async () => {
    const asked = Array.from({ length: 50 }, () => assertions.get(ENDPOINT));
    expect(new Set(await Promise.all(asked))).toEqual(new Set(["assertion 1"]));
    nowMs += HALF_MS - 1;
    expect(await assertions.get(ENDPOINT)).toBe("assertion 1");
    expect(await assertions.get(OTHER_ENDPOINT)).toBe("assertion 2");
    expect(made).toEqual([ENDPOINT, OTHER_ENDPOINT]);
  });

  it("makes the next one in the background, while the present one is used", async () => {
    await assertions.get(ENDPOINT);
    nowMs += HALF_MS;
    expect(await Promise.all([assertions.get(ENDPOINT), assertions.get(ENDPOINT)])).toEqual([
      "assertion 1",
      "assertion 1",
    ]);
    await settled();
    expect(await assertions.get(ENDPOINT)).toBe("assertion 2");
    expect(made).toHaveLength(2);
  });

  it("goes on with the present one while the next cannot be had, and asks again only after a pause", async () => {
    await assertions.get(ENDPOINT);
    broken = true;
    nowMs += HALF_MS;
    for (let call = 0; call < 10; call++) {
      expect(await assertions.get(ENDPOINT)).toBe("assertion 1");
      await settled();
    }
    expect(made).toHaveLength(2);
    nowMs += PAUSE_MS;
    await assertions.get(ENDPOINT);
    await settled();
    expect(made).toHaveLength(3);
    nowMs = START_MS + USED_UNTIL_MS;
    expect(await assertions.get(ENDPOINT)).toBe("assertion 1");
    await settled();
    broken = false;
    nowMs += 1;
    expect(await assertions.get(ENDPOINT)).toMatch(/^assertion [45]$/);
  });

  it("never gives one that is about to expire, and says why there is none", async () => {
    await assertions.get(ENDPOINT);
    broken = true;
    nowMs += USED_UNTIL_MS + 1;
    const asked = Array.from({ length: 20 }, () => assertions.get(ENDPOINT));
    const outcomes = await Promise.allSettled(asked);
    expect(new Set(outcomes.map(({ status }) => status))).toEqual(new Set(["rejected"]));
    await expect(assertions.get(ENDPOINT)).rejects.toThrow("the vault is down");
    expect(made).toHaveLength(3);
    broken = false;
    expect(await assertions.get(ENDPOINT)).toBe("assertion 4");
  });

  it("makes another when the clock was set back", async () => {
    await assertions.get(ENDPOINT);
    nowMs -= 1;
    expect(await assertions.get(ENDPOINT)).toBe("assertion 2");
  });
});
