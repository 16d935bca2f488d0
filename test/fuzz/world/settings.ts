import { appSettings } from "../../../local/appSettings.ts";
import type { LocalAzure } from "../../../local/azure.ts";
import type { ApiName, FrontName } from "../generate/socketCase.ts";

/** What the settings say of an API, in the words of this folder's oracle. */
export interface ApiRules {
  readonly basePath: string;
  readonly openPaths: readonly string[];
  readonly openMethods: readonly string[];
  readonly extraHeaders: Readonly<Record<string, string>>;
  readonly maxBodyBytes: number;
  readonly allowsCookies: boolean;
  /** Called once more where the connection fails. */
  readonly retries: boolean;
  /** Called with the token of the app itself. */
  readonly appOnly: boolean;
}

/** A key that the settings add to calls: no caller may ever see it. */
export const API_KEY = "k-4f1d9b2e7c";

const NO_RULES = {
  openPaths: [""],
  openMethods: [],
  extraHeaders: {},
  maxBodyBytes: Number.POSITIVE_INFINITY,
  allowsCookies: false,
  retries: false,
  appOnly: false,
};

export const API_RULES: Readonly<Record<ApiName, ApiRules>> = {
  plain: { ...NO_RULES, basePath: "/tenants/contoso/v1" },
  root: { ...NO_RULES, basePath: "" },
  shaky: { ...NO_RULES, basePath: "/shaky", retries: true },
  service: { ...NO_RULES, basePath: "/service/v1", appOnly: true },
  ruled: {
    ...NO_RULES,
    basePath: "/ruled",
    openPaths: ["/me", "/items"],
    openMethods: ["GET", "HEAD", "POST"],
    extraHeaders: { "x-api-version": "2026-01-01", "x-api-key": API_KEY },
    maxBodyBytes: 4_096,
    allowsCookies: true,
  },
};

/** The app settings for these APIs, all on one server: what tells them apart is the path and the token. */
export function fuzzSettings(azure: LocalAzure, front: FrontName, authority: string): Record<string, string> {
  const { seed } = azure;
  const base = `http://${authority}`;
  return {
    ...appSettings(azure, "secret", front),
    // What a worker holds is told after a collection: else it would say when the collector last came by.
    languageWorkers__node__arguments: "--max-http-header-size=65536 --expose-gc",
    DownstreamApis__plain__BaseUrl: `${base}${API_RULES.plain.basePath}`,
    DownstreamApis__plain__Scopes: seed.scopes.profile,
    DownstreamApis__root__BaseUrl: base,
    DownstreamApis__root__Scopes: seed.scopes.ledger,
    DownstreamApis__shaky__BaseUrl: `${base}${API_RULES.shaky.basePath}`,
    DownstreamApis__shaky__Scopes: seed.scopes.profile,
    DownstreamApis__shaky__RetryConnectionFailures: "true",
    DownstreamApis__shaky__CircuitBreaker__Failures: "2",
    DownstreamApis__shaky__CircuitBreaker__PauseSeconds: "1",
    DownstreamApis__service__BaseUrl: `${base}${API_RULES.service.basePath}`,
    DownstreamApis__service__Scopes: `api://${seed.profile.clientId}/.default`,
    DownstreamApis__service__RequestAppToken: "true",
    DownstreamApis__ruled__BaseUrl: `${base}${API_RULES.ruled.basePath}`,
    DownstreamApis__ruled__Scopes: seed.scopes.profile,
    DownstreamApis__ruled__AllowedPathPrefixes: API_RULES.ruled.openPaths.join(" "),
    DownstreamApis__ruled__AllowedMethods: API_RULES.ruled.openMethods.join(" "),
    "DownstreamApis__ruled__ExtraHeaderParameters__x-api-version": API_RULES.ruled.extraHeaders["x-api-version"] ?? "",
    "DownstreamApis__ruled__ExtraHeaderParameters__x-api-key": API_KEY,
    DownstreamApis__ruled__MaxRequestBodyBytes: String(API_RULES.ruled.maxBodyBytes),
    DownstreamApis__ruled__AllowSetCookie: "true",
  };
}
