import assert from "node:assert/strict";
import fc from "fast-check";
import { loadSettings } from "../../../shared/config/loadSettings.ts";
import { InvalidSettingsError } from "../../../shared/config/settingTree.ts";
import { LONGEST_CALL_MS, VALID } from "../../shared/config/environment.ts";
import { coreProperty } from "./coreProperty.ts";

const SECRET = "s3cr3t-never-shown";
const PARTS = [
  "AzureAd",
  "azuread",
  "Gateway",
  "TokenCache",
  "DownstreamApis",
  "graph",
  "other api",
  "__proto__",
  "constructor",
  "toString",
  "0",
  "1",
  "-1",
  "01",
  "1e9",
  "",
  "BaseUrl",
  "Scopes",
  "ScopesByPrefix",
  "Prefix",
  "AllowedMethods",
  "AllowedPathPrefixes",
  "ExtraHeaderParameters",
  "x-api-key",
  "MaxRequestBodyBytes",
  "TotalTimeoutSeconds",
  "Instance",
  "TenantId",
  "Audiences",
  "ClientCredentials",
  "SourceType",
  "ClientSecret",
  "KeyVaultUrl",
  "Base64EncodedValue",
  "CertificatePassword",
  "Redis",
  "Url",
  "EncryptionKeys",
  "Value",
  "Authentication",
  "AllowedPrincipals",
  "AuthorizationApis",
];
const VALUES = [
  "",
  " ",
  "true",
  "TRUE",
  "-1",
  "1e999",
  "NaN",
  "9".repeat(400),
  "https://user:pass@x.example/",
  "https://x.example/?q#f",
  "http://x.example",
  "https://",
  "javascript:alert(1)",
  "file:///etc/passwd",
  "https://[::1",
  "https://x.example/../..",
  "\0",
  "a\r\nX: y",
  "__proto__",
  '{"a":1}',
  "entra",
  "none",
  "ClientSecret",
  "KeyVault",
  "Path",
  "Base64Encoded",
  "/me",
  "me",
  "/me/../x",
  "GET POST",
  "get",
  "a".repeat(100_000),
  "\u{1f512}\ud800",
];

const settings = fc.tuple(
  fc.array(fc.constantFrom(...PARTS), { minLength: 1, maxLength: 5 }).map((parts) => parts.join("__")),
  fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...VALUES) },
    { weight: 1, arbitrary: fc.string({ unit: "binary" }) },
  ),
);
const environments = fc
  .tuple(
    fc.subarray(Object.keys(VALID), { minLength: Object.keys(VALID).length - 2 }),
    fc.array(settings, { maxLength: 6 }),
  )
  .map(([kept, more]) => ({
    ...Object.fromEntries(kept.map((name) => [name, VALID[name]])),
    ...Object.fromEntries(more),
  }));

/** Whatever the environment says, settings come out whole and frozen, or every mistake is told and no secret. */
export const hostileSettings = coreProperty("settings", 4, environments, (environment) => {
  const withSecret = { ...environment, AzureAd__ClientCredentials__0__ClientSecret: SECRET };
  try {
    const loaded = loadSettings(withSecret, { longestCallMs: LONGEST_CALL_MS });
    assert.ok(Object.isFrozen(loaded) && Object.isFrozen(loaded.downstreamApis));
    for (const api of Object.values(loaded.downstreamApis)) {
      assert.match(api.origin, /^https?:\/\/[^/@]+$/);
      assert.ok(api.totalTimeoutMs > 0 && api.totalTimeoutMs <= LONGEST_CALL_MS);
    }
    assert.ok(!JSON.stringify(loaded).includes(SECRET));
  } catch (error) {
    if (!(error instanceof InvalidSettingsError)) throw error;
    assert.ok(error.mistakes.length > 0 && !error.message.includes(SECRET));
  }
  assert.equal(Object.hasOwn(Object.prototype, "BaseUrl"), false);
});
