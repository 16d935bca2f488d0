import { join } from "node:path";
import type { Deployed, DeploymentOptions } from "../bicep/deployment.ts";
import { deploy } from "../bicep/deployment.ts";
import type { Value, Values } from "../bicep/value.ts";
import { at, isList, isValues } from "../bicep/value.ts";

export const INFRA = join(import.meta.dirname, "../../../infra");
export const MAIN = join(INFRA, "main.bicep");

export const CLIENT_ID = "22222222-2222-4222-8222-222222222222";
export const GATEWAY_CLIENT_ID = "55555555-5555-4555-8555-555555555555";
/** What Azure would make up; in the tests, by the symbol that names it in the file that asks. */
export const RUNTIME = {
  "identity.properties.principalId": "33333333-3333-4333-8333-333333333333",
  "identity.properties.clientId": "44444444-4444-4444-8444-444444444444",
  "service.identity.principalId": "66666666-6666-4666-8666-666666666666",
  "vault.properties.vaultUri": "https://vault.example/",
  "app.properties.defaultHostName": "func.example",
  "cache.properties.hostName": "redis.example",
} as const;

export const GRAPH = {
  name: "graph",
  baseUrl: "https://graph.microsoft.com/v1.0",
  scopes: ["https://graph.microsoft.com/User.Read", "https://graph.microsoft.com/Mail.Read"],
};

/** What a deployment of main.bicep makes, with the least that it must be told, and `params` beside that. */
export function deployed(params: Values = {}, options: Omit<DeploymentOptions, "runtime"> = {}): Deployed[] {
  const least = { publisherEmail: "operator@example.com", clientId: CLIENT_ID, downstreamApis: [GRAPH] };
  return deploy(MAIN, { ...least, ...params }, { ...options, runtime: RUNTIME });
}

export const CLIENT_CREDENTIALS = {
  gatewayToken: { kind: "ClientCredentials", clientId: GATEWAY_CLIENT_ID, vaultName: "theirs", secretName: "gateway" },
};
export const DIRECT = { directApi: { name: "graph", backendUrl: "https://graph.microsoft.com/v1.0", path: "graph" } };
export const ISOLATED = { apimSku: "StandardV2", networkIsolation: true, redisSku: "Balanced_B0" };

export const REDIS = { redisSku: "Balanced_B0" };

/** Every kind of credential that a deployment knows, alone. */
export const CREDENTIALS = {
  certificate: { sourceType: "KeyVault", certificateName: "obo-gateway" },
  signedByVault: { sourceType: "SignedAssertionFromVault", certificateName: "obo-gateway-signing" },
  federated: { sourceType: "SignedAssertionFromManagedIdentity" },
  clientSecret: { sourceType: "ClientSecret", secretName: "obo-gateway-secret" },
} as const;
export const EVERY_CREDENTIAL = { clientCredentials: Object.values(CREDENTIALS) };

/** An API with everything that the deployment can say of one. */
export const LEDGER = {
  name: "ledger",
  baseUrl: "https://ledger.example/v2",
  scopes: ["api://ledger/Read"],
  scopesByPrefix: [
    { prefix: "/reports", scopes: ["api://ledger/Reports.Read", "api://ledger/Reports.List"] },
    { prefix: "/reports/yearly", scopes: ["api://ledger/Reports.Yearly"] },
  ],
  allowedMethods: ["GET", "HEAD", "POST"],
  allowedPathPrefixes: ["/me", "/reports"],
  extraHeaderParameters: [
    { kind: "Value", name: "x-api-version", value: "2024-01-01" },
    { kind: "KeyVaultSecret", name: "Ocp-Apim-Subscription-Key", secretName: "ledger-key" },
  ],
  passRequestHeaders: ["X-Forwarded-For", "CF-IPCountry"],
  maxRequestBodyBytes: 1_048_576,
  allowSetCookie: true,
  allowSharedCaching: true,
  maxConnections: 16,
  maxConcurrentCallsPerUser: 4,
  queueTimeoutSeconds: "2.5",
  connectTimeoutSeconds: "0.5",
  responseTimeoutSeconds: "20",
  idleTimeoutSeconds: "30",
  totalTimeoutSeconds: "12.5",
};
/** A second API behind the same subscription. */
const JOURNAL = {
  name: "journal",
  baseUrl: "https://journal.example",
  scopes: ["api://journal/Read"],
  extraHeaderParameters: [LEDGER.extraHeaderParameters[1]],
};
export const EVERY_RULE = { downstreamApis: [GRAPH, LEDGER, JOURNAL] };

/** Deployments that differ in every way a parameter can make them. */
export const VARIANTS: readonly (readonly [title: string, params: Values])[] = [
  ["the defaults", {}],
  ["client credentials", CLIENT_CREDENTIALS],
  ["an API called directly", DIRECT],
  ["client credentials and an API called directly", { ...CLIENT_CREDENTIALS, ...DIRECT }],
  ["Consumption", { apimSku: "Consumption" }],
  ["Consumption, client credentials and a direct API", { apimSku: "Consumption", ...CLIENT_CREDENTIALS, ...DIRECT }],
  [
    "Developer, subscriptions, mail",
    { apimSku: "Developer", subscriptionRequired: true, alertEmails: ["a@example.com"] },
  ],
  ["a key that never leaves the vault", { clientCredentials: [CREDENTIALS.signedByVault] }],
  ["a federated credential", { clientCredentials: [CREDENTIALS.federated] }],
  ["a client secret in the vault", { clientCredentials: [CREDENTIALS.clientSecret] }],
  ["every kind of credential", EVERY_CREDENTIAL],
  ["APIs with every rule, two with the same secret header", EVERY_RULE],
  ["Redis", REDIS],
  ["Redis while its key is changed", { ...REDIS, tokenCacheKeys: ["token-cache-2", "token-cache-1"] }],
  ["network isolation and Redis", ISOLATED],
];

export function ofType(resources: readonly Deployed[], type: string): Deployed[] {
  return resources.filter((resource) => resource.type.toLowerCase() === type.toLowerCase());
}

/** The one resource of that type (and name). */
export function only(resources: readonly Deployed[], type: string, name?: string): Deployed {
  const found = ofType(resources, type).filter((resource) => name === undefined || resource.name === name);
  const [one] = found;
  if (one === undefined || found.length > 1) throw new Error(`${found.length} resources of ${type} ${name ?? ""}`);
  return one;
}

/** A property of a resource, by its names from `properties` on. */
export function property({ body }: Deployed, ...path: (string | number)[]): Value | undefined {
  return at(body, "properties", ...path);
}

/** Whether `first` is there when `then` is made. */
export function isBefore(first: Deployed, then: Deployed): boolean {
  return then.after.has(first.file) || (then.file === first.file && then.after.has(`${first.file}:${first.symbol}`));
}

/** Every name and value in a body, at any depth. */
export function entries(value: Value | undefined): [string, Value][] {
  if (isList(value)) return value.flatMap(entries);
  if (!isValues(value)) return [];
  return Object.entries(value).flatMap(([key, each]): [string, Value][] => [[key, each], ...entries(each)]);
}
