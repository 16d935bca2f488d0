import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { listen } from "@obo-gateway/local-azure/net/listen.ts";
import { stop } from "@obo-gateway/local-azure/net/stop.ts";
import { decodeProtectedHeader, errors, jwtVerify } from "jose";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { keysUrl } from "../../../shared/entra/authority.ts";
import { SigningKeys } from "../../../shared/entra/signingKeys.ts";
import { IdentityProviderTimeoutError, IdentityProviderUnavailableError } from "../../../shared/errors/errors.ts";
import { createHttpClient } from "../../../shared/net/httpClient.ts";
import { TENANT, v2Claims } from "./support/assertions.ts";
import type { Answer, IdentityProvider, SigningKey } from "./support/identityProvider.ts";
import { createSigningKey, keySet, PUBLIC, sign, startIdentityProvider } from "./support/identityProvider.ts";

const START_MS = Date.UTC(2030, 0, 1);
const SHORT_MS = 100;
const SECOND_MS = 1_000;
const COOLDOWN_MS = 30_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const URL_OF_KEYS = keysUrl(PUBLIC, TENANT);
const DOWN: Answer = { status: 503, body: "down" };

describe("a tenant's signing keys", () => {
  let provider: IdentityProvider;
  let key: SigningKey;
  let next: SigningKey;
  let keys: SigningKeys;
  let stale: { readonly error: unknown; readonly ageMs: number }[];
  beforeAll(async () => {
    [provider, key, next] = await Promise.all([startIdentityProvider(), createSigningKey(), createSigningKey()]);
  });
  beforeEach(() => {
    // jose measures freshness with Date.now: the tests' clock is Date itself. Timers and TLS stay real.
    vi.useFakeTimers({ toFake: ["Date"], now: START_MS });
    provider.requests.length = 0;
    provider.answer = () => keySet(key);
    stale = [];
    keys = new SigningKeys({
      url: URL_OF_KEYS,
      http: provider.http,
      now: () => Date.now(),
      onStale: (error, ageMs) => stale.push({ error, ageMs }),
    });
  });
  afterEach(() => vi.useRealTimers());
  afterAll(() => provider.close());

  const pass = (ms: number): unknown => vi.setSystemTime(Date.now() + ms);
  const verify = async (by: SigningKey): Promise<string | undefined> => {
    const token = await sign({ ...v2Claims(PUBLIC), exp: undefined, nbf: undefined }, by);
    const verified = await jwtVerify(token, (header, jws) =>
      keys.keyFor(header, jws, `${PUBLIC}/${TENANT}/v2.0`, TENANT),
    );
    return decodeProtectedHeader(token).kid === verified.protectedHeader.kid ? verified.payload.sub : undefined;
  };
  const good = (by: SigningKey): Promise<void> => expect(verify(by)).resolves.toBe("pairwise-subject");
  const unknown = (): SigningKey => ({ ...key, kid: randomUUID() });
  const unavailable = async (by: SigningKey): Promise<IdentityProviderUnavailableError> => {
    const error: unknown = await verify(by).catch((reason: unknown) => reason);
    if (!(error instanceof IdentityProviderUnavailableError))
      throw new Error("not refused as unavailable", { cause: error });
    return error;
  };
  const fetches = (): number => provider.requests.length;

  it("are fetched once for an hour of tokens, and once for many tokens at a time", async () => {
    await Promise.all(Array.from({ length: 50 }, () => good(key)));
    pass(HOUR_MS - SECOND_MS);
    await good(key);
    expect(fetches()).toBe(1);
    pass(SECOND_MS);
    await good(key);
    expect(fetches()).toBe(2);
  });

  it("are fetched no oftener than every half minute, however many key ids are made up", async () => {
    await good(key);
    for (let index = 0; index < 100; index++) await expect(verify(unknown())).rejects.toThrow(errors.JWKSNoMatchingKey);
    expect(fetches()).toBe(1);
    pass(COOLDOWN_MS);
    for (let index = 0; index < 100; index++) await expect(verify(unknown())).rejects.toThrow(errors.JWKSNoMatchingKey);
    expect(fetches()).toBe(2);
  });

  it("are fetched once for 300 unknown key ids at a time", async () => {
    await good(key);
    pass(COOLDOWN_MS);
    const made = await Promise.allSettled(Array.from({ length: 300 }, () => verify(unknown())));
    expect(made.every((one) => one.status === "rejected" && one.reason instanceof errors.JWKSNoMatchingKey)).toBe(true);
    expect(fetches()).toBe(2);
  });

  it("roll over: a new key is found as soon as the cool-down allows, the old one goes with the set", async () => {
    await good(key);
    provider.answer = () => keySet(key, next);
    await expect(verify(next)).rejects.toThrow(errors.JWKSNoMatchingKey);
    pass(COOLDOWN_MS);
    await good(next);
    await good(key);
    provider.answer = () => keySet(next);
    pass(HOUR_MS);
    await good(next);
    await expect(verify(key)).rejects.toThrow(errors.JWKSNoMatchingKey);
    expect(fetches()).toBe(3);
  });

  it.each<[string, Answer, string]>([
    ["is out of order", DOWN, "HTTP 503 without a key set"],
    ["cuts the connection", "cut", "cannot be reached"],
    ["answers a page", { status: 200, body: "<html>" }, "HTTP 200 without a key set"],
    ["answers null", { status: 200, body: "null" }, "HTTP 200 without a key set"],
    ["answers no keys", { status: 200, body: '{"keys":[]}' }, "HTTP 200 without a key set"],
    ["answers keys that are none", { status: 200, body: '{"keys":["a"]}' }, "HTTP 200 without a key set"],
    ["answers a redirect", { status: 302, body: "" }, "HTTP 302 without a key set"],
  ])(
    "are said to be unavailable when their endpoint %s, and tried again by the next token",
    async (_how, answer, why) => {
      provider.answer = () => answer;
      const error = await unavailable(key);
      expect(error.diagnosis).toContain(`The signing keys at ${URL_OF_KEYS} could not be read: `);
      expect(error.diagnosis).toContain(why);
      expect(error.message).toBe("The identity provider is unavailable: try again after 10 s.");
      expect(error).toMatchObject({ code: "identity_provider_unavailable", members: { retryAfter: 10 } });
      provider.answer = () => keySet(key);
      await good(key);
    },
  );

  it("are said to come too late when their endpoint hangs, like whatever else is asked of Entra ID", async () => {
    const server = createServer(() => undefined);
    const port = await listen(server, "the test's hanging server", 0);
    const url = `http://127.0.0.1:${port}/keys`;
    const hanging = new SigningKeys({ url, http: createHttpClient(SHORT_MS), now: Date.now, onStale: () => undefined });
    const error: unknown = await hanging.ready().catch((reason: unknown) => reason);
    await stop(server);
    expect(error).toBeInstanceOf(IdentityProviderTimeoutError);
    expect(error).toMatchObject({
      message: "The identity provider did not answer in time.",
      diagnosis: `The signing keys at ${url} could not be read: No answer within ${SHORT_MS} ms (AzureAd__RequestTimeoutSeconds).`,
    });
  });

  it.each<[string, Answer]>([
    ["out of order", DOWN],
    ["cut", "cut"],
    ["nonsense", { status: 200, body: '{"keys":["a"]}' }],
  ])("are believed for a day while their endpoint is %s, and not a second longer", async (_how, answer) => {
    await good(key);
    provider.answer = () => answer;
    for (let hours = 1; hours < 24; hours++) {
      pass(HOUR_MS);
      await good(key);
    }
    expect(stale.map(({ ageMs }) => ageMs / HOUR_MS)).toEqual(Array.from({ length: 23 }, (_, index) => index + 1));
    pass(HOUR_MS);
    await good(key);
    pass(SECOND_MS);
    await unavailable(key);
    await unavailable(unknown());
    provider.answer = () => keySet(key);
    await good(key);
  });

  it("are refused a day after they came, though they were last served from memory a minute ago", async () => {
    await good(key);
    provider.answer = () => DOWN;
    pass(DAY_MS - 60 * SECOND_MS);
    await good(key);
    await keys.ready();
    pass(61 * SECOND_MS);
    await unavailable(key);
    await expect(keys.ready()).rejects.toThrow(IdentityProviderUnavailableError);
  });

  it("recover: new ones replace the old once the endpoint is back, at the first unknown key id or within the hour", async () => {
    await good(key);
    provider.answer = () => DOWN;
    pass(2 * HOUR_MS);
    await good(key);
    expect(stale).toEqual([{ ageMs: 2 * HOUR_MS, error: new Error("HTTP 503 without a key set") }]);
    provider.answer = () => keySet(next);
    pass(COOLDOWN_MS);
    await good(next);
    await expect(verify(key)).rejects.toThrow(errors.JWKSNoMatchingKey);
    expect(stale).toHaveLength(1);
  });

  it("do not make an outage a storm: made-up key ids ask every half minute there as well", async () => {
    await good(key);
    provider.answer = () => DOWN;
    pass(COOLDOWN_MS);
    for (let index = 0; index < 50; index++) await expect(verify(unknown())).rejects.toThrow(errors.JWKSNoMatchingKey);
    expect(fetches()).toBe(2);
    await good(key);
  });

  it("are ready once they are at hand, and not while they cannot be had", async () => {
    provider.answer = () => DOWN;
    await expect(keys.ready()).rejects.toThrow(IdentityProviderUnavailableError);
    provider.answer = () => keySet(key);
    await keys.ready();
    await keys.ready();
    await good(key);
    expect(fetches()).toBe(2);
  });
});
