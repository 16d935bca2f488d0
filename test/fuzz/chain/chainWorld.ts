import { createServer } from "node:http";
import { startFunctionsHost } from "@obo-gateway/local-azure/functionsHost/functionsHost.ts";
import { listen } from "@obo-gateway/local-azure/net/listen.ts";
import { stop } from "@obo-gateway/local-azure/net/stop.ts";
import { startApimGateway } from "../../../local/apimGateway.ts";
import { appSettings } from "../../../local/appSettings.ts";
import type { LocalAzure } from "../../../local/azure.ts";
import { startLocalAzure } from "../../../local/azure.ts";
import { everyReading } from "../oracle/lenientPath.ts";
import { OPEN_PREFIXES } from "./mixtures.ts";

/**
 * Which locks hold a client's call to its operation. `policies`: the path guards alone, before a function app that resolves
 * paths in every way and answers whatever it finds. `list`: Gateway__AuthorizationApis alone, against policies without guards
 * that call every request the authorization function's. `operation`: the stated operation alone. `none` shows that the
 * mixtures find what is open.
 */
export const LOCKS = ["all", "policies", "list", "operation", "none"] as const;
export type Lock = (typeof LOCKS)[number];
export type PathEncoding = "kept" | "decoded";

export const BASE_PATHS = { profile: "/tenants/contoso/v1", ruled: "/ruled/v1", direct: "/direct/v1" } as const;
export const CASE_HEADER = "x-case";

export interface SeenRequest {
  readonly url: string;
  readonly authorization: string | undefined;
}

export interface ChainWorld extends AsyncDisposable {
  readonly apimUrl: string;
  /** Token A of a user. */
  readonly token: string;
  /** What the downstream APIs saw of a case; forgotten once it is read. */
  seenOf(number: number): readonly SeenRequest[];
  /** How often each function ran. */
  readonly ran: ReadonlyMap<string, number>;
}

const GUARD = /<include-fragment fragment-id="obo-request-guards" \/>/;
const OPERATION = /<set-header name="X-Obo-Operation" exists-action="override">[\s\S]*?<\/set-header>/g;

export async function startChainWorld(
  appDirectory: string,
  lock: Lock,
  pathEncoding: PathEncoding,
): Promise<ChainWorld> {
  await using stack = new AsyncDisposableStack();
  const azure = await startLocalAzure();
  stack.defer(() => azure.close());
  const seen = new Map<number, SeenRequest[]>();
  const apis = createServer((request, response) => {
    const number = Number(request.headers[CASE_HEADER]);
    const { url = "", headers } = request;
    seen.set(number, [...(seen.get(number) ?? []), { url, authorization: headers.authorization }]);
    request.resume();
    response.end('{"downstream":true}');
  });
  const apisUrl = `http://localhost:${await listen(apis, "downstream APIs", 0)}`;
  stack.defer(() => stop(apis));
  const ran = new Map<string, number>();
  const functionsUrl =
    lock === "policies"
      ? await startObligingFunctions(stack)
      : await startFunctions(stack, appDirectory, chainSettings(azure, apisUrl, lock), ran);
  const apim = await startApimGateway({
    azure,
    functionsUrl,
    pathEncoding,
    rateLimitCalls: 1_000_000_000,
    directBackendUrl: `${apisUrl}${BASE_PATHS.direct}`,
    directRules: { prefixes: OPEN_PREFIXES.join(" ") },
    editPolicy: (text) => edited(text, lock),
  });
  stack.defer(() => apim.close());
  const { seed, entra } = azure;
  const token = await entra.issueUserToken({
    user: seed.users.alice.oid,
    client: seed.client.clientId,
    scope: seed.scopes.gateway,
  });
  const owned = stack.move();
  return {
    apimUrl: apim.url,
    token,
    ran,
    seenOf: (number) => {
      const requests = seen.get(number) ?? [];
      seen.delete(number);
      return requests;
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

function edited(text: string, lock: Lock): string {
  if (lock === "all") return text;
  if (lock === "policies") return text.replace(OPERATION, "");
  const unguarded = text.replace(GUARD, "");
  if (lock === "operation") return unguarded;
  return unguarded.replace(
    OPERATION,
    '<set-header name="X-Obo-Operation" exists-action="override"><value>authorization</value></set-header>',
  );
}

function chainSettings(azure: LocalAzure, apisUrl: string, lock: Lock): Record<string, string> {
  return {
    ...appSettings(azure, "secret", "gateway"),
    // With the list alone no API is named; the other locks hold although all are.
    Gateway__AuthorizationApis: lock === "list" ? "" : lock === "all" ? "profile" : "profile ruled",
    DownstreamApis__profile__BaseUrl: `${apisUrl}${BASE_PATHS.profile}`,
    DownstreamApis__ruled__BaseUrl: `${apisUrl}${BASE_PATHS.ruled}`,
    DownstreamApis__ruled__Scopes: azure.seed.scopes.profile,
    DownstreamApis__ruled__AllowedPathPrefixes: OPEN_PREFIXES.join(" "),
  };
}

async function startFunctions(
  stack: AsyncDisposableStack,
  appDirectory: string,
  settings: Record<string, string>,
  ran: Map<string, number>,
): Promise<string> {
  const log = ({ message }: { readonly message: string }): void => {
    const [, name] = /^Executing 'Functions\.(\w+)'/.exec(message) ?? [];
    if (name !== undefined) ran.set(name, (ran.get(name) ?? 0) + 1);
  };
  const host = await startFunctionsHost({ appDirectory, settings, log });
  stack.defer(() => host.close());
  return host.url;
}

/** A function app without a lock: whatever one reading of the path could mean, it gives. */
async function startObligingFunctions(stack: AsyncDisposableStack): Promise<string> {
  const server = createServer((request, response) => {
    const path = request.url?.split("?")[0] ?? "";
    const meant = everyReading(path).map((segments) => segments[1]);
    const byPolicy = path === "/api/authorization/profile";
    request.resume();
    response.setHeader("x-correlation-id", "x");
    if (byPolicy) response.end('{"authorizationHeader":"Bearer by.policy"}');
    else if (meant.some((name) => name !== "downstream")) response.end('{"authorizationHeader":"Bearer leaked"}');
    else response.end('{"downstream":true}');
  });
  const url = `http://localhost:${await listen(server, "functions without locks", 0)}`;
  stack.defer(() => stop(server));
  return url;
}
