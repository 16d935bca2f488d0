import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type LocalApim, startApim } from "@obo-gateway/local-apim/apim.ts";
import type {
  ApimOptions,
  NamedValue,
  OperationDefinition,
  PolicySource,
  Tier,
} from "@obo-gateway/local-apim/options.ts";
import type { PolicyTrace } from "@obo-gateway/local-apim/trace.ts";
import { parse } from "yaml";
import { z } from "zod";
import type { LocalAzure } from "./azure.ts";

const POLICIES = join(import.meta.dirname, "../infra/policies");
const OPENAPI = join(import.meta.dirname, "../infra/openapi.yaml");
const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
/** Of app registrations in the public cloud; where the local Entra ID issues it, nobody looks at it. */
const TOKEN_LIFETIME_MS = 3_600_000;
/** What Bicep gives the backend of the functions: statuses do not count, most are a downstream API's own. */
const CIRCUIT_BREAKER = {
  rules: [
    {
      name: "function-app-unreachable",
      failureCondition: { count: 10, interval: "PT1M", errorReasons: ["BackendConnectionFailure"] },
      tripDuration: "PT30S",
      acceptRetryAfter: false,
    },
  ],
};

/** How the gateway comes to its own token: which of the two fragments is deployed. */
export type GatewayTokenKind = "managed-identity" | "client-credentials";

/** Lists have spaces between. */
export interface DirectRules {
  /** "any" for all. */
  readonly methods: string;
  /** "any" for all. */
  readonly prefixes: string;
  /** In lower case; "none" for none. */
  readonly passedHeaders: string;
  readonly setCookie: boolean;
  readonly sharedCaching: boolean;
}

export interface ApimGatewayOptions {
  readonly azure: LocalAzure;
  /** Address of the function app, without its route prefix. */
  readonly functionsUrl: string;
  readonly gatewayToken?: GatewayTokenKind;
  readonly tier?: Tier;
  readonly port?: number;
  readonly corsOrigins?: string;
  readonly clientApplications?: string;
  readonly rateLimitCalls?: number;
  /** Where the API is that API Management calls itself; the local profile API unless told. */
  readonly directBackendUrl?: string;
  /** Its rules, as Bicep takes them from its entry in `downstreamApis`. */
  readonly directRules?: Partial<DirectRules>;
  /** See `ApimOptions`. */
  readonly openCircuit?: ApimOptions["openCircuit"];
  /** See `ApimOptions`. */
  readonly pathEncoding?: ApimOptions["pathEncoding"];
  /** Changes the text of each policy and fragment before it is loaded: a test takes one of several locks away. */
  readonly editPolicy?: (text: string) => string;
  readonly now?: () => number;
  /** See `ApimOptions`. */
  readonly startTimer?: ApimOptions["startTimer"];
  readonly telemetry?: (message: string) => void;
  readonly trace?: (record: PolicyTrace) => void;
  readonly log?: (line: string) => void;
}

/** API Management with the very policy files that are deployed, the local Entra ID and the function app behind it. */
export async function startApimGateway(options: ApimGatewayOptions): Promise<LocalApim> {
  const { azure, functionsUrl, tier = "BasicV2", gatewayToken = "managed-identity" } = options;
  const source = async (path: string): Promise<PolicySource> => {
    const { file, text } = await readPolicy(path, tier, gatewayToken);
    return { file, text: options.editPolicy?.(text) ?? text };
  };
  const fragment = (name: string): Promise<PolicySource> => source(`fragments/${name}.xml`);
  const { trace, telemetry, log, now, startTimer } = options;
  return startApim({
    apis: [
      {
        id: "obo",
        path: "obo",
        subscriptionRequired: false,
        operations: await operations(),
        policy: await source("downstream.xml"),
      },
      {
        // An API that API Management calls itself, with the token that the functions give it.
        id: "profile-direct",
        path: "profile-direct",
        serviceUrl: options.directBackendUrl ?? azure.profile.url,
        subscriptionRequired: false,
        operations: METHODS.map((method) => ({ id: method.toLowerCase(), method, urlTemplate: "/*" })),
        policy: await source("downstream-token.xml"),
      },
    ],
    fragments: {
      "obo-correlation": await fragment("correlation"),
      "obo-request-guards": await fragment("request-guards"),
      "obo-user-token": await fragment("user-token"),
      "obo-gateway-token": await fragment(`gateway-token.${gatewayToken}`),
      "obo-direct-rules": await fragment("direct-rules"),
      "obo-direct-request": await fragment("direct-request"),
      "obo-direct-answer": await fragment("direct-answer"),
      "obo-answer": await fragment("answer"),
      "obo-on-error": await fragment("on-error"),
      "obo-problem": await fragment("problem"),
    },
    namedValues: namedValues(options),
    backends: {
      "obo-functions": {
        url: `${functionsUrl}/api`,
        ...(tier === "Consumption" ? {} : { circuitBreaker: CIRCUIT_BREAKER }),
      },
    },
    identity: managedIdentity(azure, now ?? Date.now),
    trustedCa: azure.authority.certificatePem,
    entraUrl: azure.entra.url,
    tier,
    port: options.port ?? 0,
    ...(now === undefined ? {} : { now }),
    ...(startTimer === undefined ? {} : { startTimer }),
    ...(options.openCircuit === undefined ? {} : { openCircuit: options.openCircuit }),
    ...(options.pathEncoding === undefined ? {} : { pathEncoding: options.pathEncoding }),
    ...(trace === undefined ? {} : { trace }),
    ...(telemetry === undefined ? {} : { telemetry }),
    ...(log === undefined ? {} : { log }),
  });
}

const description = z.object({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) });
const operation = z.object({ operationId: z.string() });

/** The API's operations, from the file that Bicep makes them of. */
async function operations(): Promise<OperationDefinition[]> {
  const { paths } = description.parse(parse(await readFile(OPENAPI, "utf8")));
  return Object.entries(paths).flatMap(([urlTemplate, item]) =>
    METHODS.filter((method) => item[method.toLowerCase()] !== undefined).map((method) => {
      const { operationId: id } = operation.parse(item[method.toLowerCase()]);
      return { id, method, urlTemplate };
    }),
  );
}

/** Consumption, and a managed identity, have variants of the files that need them, made from the same sources. */
async function readPolicy(path: string, tier: Tier, gatewayToken: GatewayTokenKind): Promise<PolicySource> {
  const read = async (file: string): Promise<PolicySource> => ({
    file: `infra/policies/${file}`,
    text: await readFile(join(POLICIES, file), "utf8"),
  });
  if (tier !== "Consumption" && gatewayToken !== "managed-identity") return read(path);
  try {
    return await read(`${tier === "Consumption" ? "consumption" : gatewayToken}/${path}`);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return read(path);
    throw error;
  }
}

function namedValues(options: ApimGatewayOptions): Record<string, NamedValue> {
  const { seed, entra } = options.azure;
  const {
    methods = "any",
    prefixes = "any",
    passedHeaders = "none",
    setCookie = false,
    sharedCaching = false,
  } = options.directRules ?? {};
  return {
    "obo-tenant-id": seed.tenant.id,
    "obo-instance": entra.url,
    "obo-client-id": seed.gateway.clientId,
    "obo-scope": "access_as_user",
    "obo-client-applications": options.clientApplications ?? "any",
    "obo-cors-origins": options.corsOrigins ?? "http://localhost:3000",
    "obo-rate-limit-calls": String(options.rateLimitCalls ?? 600),
    "obo-gateway-resource": `api://${seed.gateway.clientId}`,
    "obo-functions-url": `${options.functionsUrl}/api`,
    "obo-token-api": "profile",
    "obo-direct-methods": methods,
    "obo-direct-prefixes": prefixes,
    "obo-direct-passed-headers": passedHeaders,
    "obo-direct-set-cookie": String(setCookie),
    "obo-direct-shared-caching": String(sharedCaching),
    authorizationServer: `${entra.url}/${seed.tenant.id}/oauth2/v2.0/token`,
    scope: `api://${seed.gateway.clientId}/.default`,
    clientId: seed.apiManagement.clientId,
    clientSecret: { value: seed.apiManagementSecret, secret: true },
  };
}

function managedIdentity({ entra, seed }: LocalAzure, now: () => number): NonNullable<ApimOptions["identity"]> {
  const principalOid = seed.apiManagement.servicePrincipals.get(seed.tenant.id) ?? "";
  const { clientId } = seed.apiManagement;
  return async (resource) => ({
    accessToken: await entra.issueApplicationToken({ tenant: seed.tenant, principalOid, clientId, resource }),
    expiresOnMs: now() + TOKEN_LIFETIME_MS,
  });
}
