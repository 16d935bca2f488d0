import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { Secret } from "../../../shared/secret.ts";
import type { Environment } from "./environment.ts";
import { HIDDEN, load, mistakes } from "./environment.ts";

const REDIS = "TokenCache__Redis";
const KEY = "TokenCache__EncryptionKeys__0";
const BYTES = randomBytes(32).toString("base64");
const ONE_KEY = { [`${KEY}__Id`]: "k1", [`${KEY}__Value`]: BYTES };
const IDENTITY = "0a1b2c3d-7777-4777-8777-000000000007";

const redisOf = (changes: Environment) => load({ ...ONE_KEY, ...changes }).tokenCache.redis;
const urlOf = (secret: { readonly url: Secret } | object | undefined): string | undefined =>
  secret !== undefined && "url" in secret ? secret.url.reveal() : undefined;

describe("the token cache's settings", () => {
  it("are a bounded cache in memory when nothing is said", () => {
    expect(load().tokenCache).toEqual({ maxEntries: 100_000, maxBytes: 268_435_456, redis: undefined });
  });

  it.each([
    "redis://127.0.0.1:6379",
    "redis://:p%40ss@localhost/0",
    "redis://redis:6379",
    "rediss://user:pw@redis.example:6380/12",
    "rediss://:pw@10.0.0.4",
  ])("take the URL %s", (url) => {
    const redis = redisOf({ [`${REDIS}__Url`]: url });
    expect(redis).toMatchObject({ server: { authentication: "url" }, timeoutMs: 100 });
    expect(urlOf(redis?.server)).toBe(url);
    expect(JSON.stringify(redis)).not.toContain("pw@");
  });

  it.each([
    "localhost:6379",
    "http://localhost:6379",
    "redis://",
    "redis:///0",
    "redis://:pw@redis.example",
    "redis://localhost/a",
    "redis://localhost?a=b",
    "redis://localhost#a",
    "redis://:pa/ss@localhost",
  ])("refuse the URL %s without showing it", (url) => {
    expect(mistakes({ ...ONE_KEY, [`${REDIS}__Url`]: url })).toEqual([
      {
        setting: `${REDIS}__Url`,
        found: HIDDEN,
        expected: expect.stringContaining("rediss://user:password@host:port"),
      },
    ]);
  });

  it("name a host for the app's own identity", () => {
    expect(redisOf({ [`${REDIS}__Host`]: "Contoso.redis.azure.net" })?.server).toEqual({
      authentication: "entra",
      host: "contoso.redis.azure.net",
      port: 10_000,
      managedIdentityClientId: undefined,
    });
    const all = {
      [`${REDIS}__Host`]: "c.example",
      [`${REDIS}__Port`]: "6380",
      [`${REDIS}__ManagedIdentityClientId`]: IDENTITY,
      [`${REDIS}__TimeoutSeconds`]: "0.25",
    };
    expect(redisOf(all)).toMatchObject({
      server: { port: 6_380, managedIdentityClientId: IDENTITY },
      timeoutMs: 250,
    });
  });

  it.each([
    ["Host", "https://c.example"],
    ["Host", "c.example:10000"],
    ["Port", "0"],
    ["Port", "65536"],
    ["TimeoutSeconds", "0"],
    ["TimeoutSeconds", "11"],
    ["ManagedIdentityClientId", "me"],
  ])("refuse %s %s", (name, value) => {
    const [mistake, ...more] = mistakes({ ...ONE_KEY, [`${REDIS}__Host`]: "c.example", [`${REDIS}__${name}`]: value });
    expect(mistake).toMatchObject({ setting: `${REDIS}__${name}`, found: JSON.stringify(value) });
    expect(more).toEqual([]);
  });

  it("want either a URL or a host", () => {
    const expected = expect.stringContaining("either TokenCache__Redis__Url, or TokenCache__Redis__Host");
    expect(mistakes({ ...ONE_KEY, [`${REDIS}__TimeoutSeconds`]: "1" })).toMatchObject([{ expected }]);
    const both = { [`${REDIS}__Url`]: "redis://localhost", [`${REDIS}__Host`]: "c.example" };
    expect(mistakes({ ...ONE_KEY, ...both })).toMatchObject([{ setting: `${REDIS}__Url`, found: HIDDEN, expected }]);
    const port = { [`${REDIS}__Url`]: "redis://localhost", [`${REDIS}__Port`]: "1" };
    expect(mistakes({ ...ONE_KEY, ...port })).toMatchObject([{ setting: `${REDIS}__Url` }]);
  });

  it("want a key with Redis, and Redis not with a key", () => {
    expect(mistakes({ [`${REDIS}__Url`]: "redis://localhost" })).toMatchObject([
      { setting: "TokenCache__EncryptionKeys", found: "nothing", expected: expect.stringContaining("__0__Id") },
    ]);
    expect(load(ONE_KEY).tokenCache.redis).toBeUndefined();
  });

  it("take two keys, here or in Key Vault, the first of which encrypts", () => {
    const keys = redisOf({
      [`${REDIS}__Url`]: "redis://localhost",
      TokenCache__EncryptionKeys__1__Id: "k0",
      TokenCache__EncryptionKeys__1__KeyVaultUrl: "https://contoso.vault.azure.net",
      TokenCache__EncryptionKeys__1__KeyVaultSecretName: "cache-key",
    })?.encryptionKeys;
    expect(keys).toMatchObject([
      { id: "k1", source: "value" },
      {
        id: "k0",
        source: "keyVault",
        keyVaultUrl: "https://contoso.vault.azure.net/",
        secretName: "cache-key",
        managedIdentityClientId: undefined,
      },
    ]);
  });

  it.each([
    ["no Id", { [`${KEY}__Id`]: undefined }, `${KEY}__Id`],
    ["an Id with spaces", { [`${KEY}__Id`]: "a b" }, `${KEY}__Id`],
    ["a short key", { [`${KEY}__Value`]: randomBytes(31).toString("base64") }, `${KEY}__Value`],
    ["a long key", { [`${KEY}__Value`]: randomBytes(33).toString("base64") }, `${KEY}__Value`],
    ["a key that is no base64", { [`${KEY}__Value`]: `${BYTES.slice(0, -2)}!=` }, `${KEY}__Value`],
    ["no key at all", { [`${KEY}__Value`]: undefined }, KEY],
    ["a vault without a name", { [`${KEY}__Value`]: undefined, [`${KEY}__KeyVaultUrl`]: "https://v.example" }, KEY],
    ["a key in two places", { [`${KEY}__KeyVaultUrl`]: "https://v.example", [`${KEY}__KeyVaultSecretName`]: "n" }, KEY],
    [
      "two keys of one Id",
      { TokenCache__EncryptionKeys__1__Id: "k1", TokenCache__EncryptionKeys__1__Value: BYTES },
      "TokenCache__EncryptionKeys",
    ],
    [
      "three keys",
      Object.fromEntries(
        [1, 2].flatMap((n) => [
          [`TokenCache__EncryptionKeys__${n}__Id`, `n${n}`],
          [`TokenCache__EncryptionKeys__${n}__Value`, BYTES],
        ]),
      ),
      "TokenCache__EncryptionKeys",
    ],
    [
      "keys with a gap",
      { TokenCache__EncryptionKeys__2__Id: "n", TokenCache__EncryptionKeys__2__Value: BYTES },
      "TokenCache__EncryptionKeys",
    ],
  ])("refuse %s, and show nothing of a key", (_what, changes, setting) => {
    const found = mistakes({ ...ONE_KEY, [`${REDIS}__Url`]: "redis://localhost", ...changes });
    expect(found.map((mistake) => mistake.setting)).toEqual([setting]);
    expect(JSON.stringify(found)).not.toContain(BYTES.slice(0, 20));
  });

  it.each([
    [`${REDIS}__Hots`, `${REDIS}__Host`],
    [`${KEY}__Valeu`, `${KEY}__Value`],
    ["TokenCache__MaxEntires", "TokenCache__MaxEntries"],
  ])("of names: %s was meant to be %s", (name, suggested) => {
    const complete = { ...ONE_KEY, [`${REDIS}__Host`]: "c.example" };
    const [mistake] = mistakes({ ...complete, [name]: "x" });
    expect(mistake).toMatchObject({ setting: name, expected: expect.stringContaining(`did you mean ${suggested}?`) });
  });
});
