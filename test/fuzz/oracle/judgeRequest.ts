import type { ApiName } from "../generate/socketCase.ts";
import { APIS } from "../generate/socketCase.ts";
import type { Field, Message } from "../wire/message.ts";
import { valuesOf } from "../wire/message.ts";
import type { SentRequest } from "../world/sentRequest.ts";
import { CASE_HEADER, SMUGGLED_HEADER } from "../world/sentRequest.ts";
import type { ApiRules } from "../world/settings.ts";
import { isForbidden } from "./forbiddenHeaders.ts";
import { alwaysBelow } from "./lenientPath.ts";
import type { Breach, Rule } from "./rules.ts";
import type { Claims, TokenReader } from "./tokenOwner.ts";

/** What a request at the downstream API is judged by. */
export interface Surroundings {
  readonly authority: string;
  readonly rules: Readonly<Record<ApiName, ApiRules>>;
  /** Client ids that token B may be for, by API. */
  readonly audiences: Readonly<Record<ApiName, string>>;
  /** Client id of the gateway, which token A is for, and object id of who may pass one on. */
  readonly gatewayClientId: string;
  readonly gatewayPrincipal: string;
  /** Object id of the app that the gateway itself is, whose own tokens B are. */
  readonly appPrincipal: string;
  readonly tokens: TokenReader;
  /** Never at the downstream API: tokens A, the gateway's token, secrets. */
  readonly neverDownstream: readonly string[];
}

const SINGLE = ["host", "authorization", "content-length", "content-type", "transfer-encoding", "traceparent"];
const OURS = ["x-correlation-id", "client-request-id"];
const CORRELATION_ID = /^[A-Za-z0-9._-]{1,64}$/;
const TRACE_PARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}/;
const LONGEST_SHOWN = 160;

/** What is wrong with a request that the downstream API sees, given what its caller sent. */
export function judgeRequest(
  message: Message,
  sent: SentRequest,
  asked: { readonly front: "direct" | "gateway"; readonly method: string },
  around: Surroundings,
): Breach[] {
  const { startLine, fields } = message;
  const [method = "", target = "", version = "", ...more] = startLine.split(" ");
  const breaches: Breach[] = [];
  const expect = (rule: Rule, holds: boolean, seen: string): void => {
    if (!holds) breaches.push({ rule, seen: shown(seen) });
  };
  const [path = "", ...queryParts] = target.split("?");
  const query = queryParts.length === 0 ? "" : `?${queryParts.join("?")}`;
  const originForm = /^\/(?![/\\])[\x21-\x7e]*$/.test(target) && !target.includes("#");
  expect("request-line", originForm && version === "HTTP/1.1" && more.length === 0, startLine);
  expect("method", method === asked.method, `${method}, sent ${asked.method}`);
  expect("host", valuesOf(fields, "host").join("|") === around.authority, valuesOf(fields, "host").join("|"));
  const claims = tokenClaims(fields, around);
  const candidates = APIS.filter((api) => names(sent.target, api));
  const user = callingUser(sent, asked.front, around);
  const owners = candidates.filter((api) => isTokenFor(api, claims, user, around));
  expect(
    "base-path",
    candidates.some((api) => alwaysBelow([around.rules[api].basePath], path)),
    path,
  );
  expect(
    "open-paths",
    candidates.some((api) => isOpen(around.rules[api], method, path)),
    startLine,
  );
  const owned = owners.some((api) => alwaysBelow([around.rules[api].basePath], path));
  expect("token", owned && user !== undefined, `a token of ${claims?.oid} for ${claims?.aud}, the call is ${user}'s`);
  const sentQuery = sent.target.includes("?") ? withoutGatewayKey(sent.target.slice(sent.target.indexOf("?"))) : "";
  expect("query", query === sentQuery || query === sentQuery.replace(/^\?$/, ""), `${query}, sent ${sentQuery}`);
  for (const [name, value] of fields) {
    expect(
      "forbidden-header",
      !isForbidden(name) && !name.toLowerCase().startsWith(SMUGGLED_HEADER),
      `${name}: ${value}`,
    );
    for (const secret of around.neverDownstream) expect("foreign-token", !value.includes(secret), name);
  }
  expect(
    "forbidden-header",
    valuesOf(fields, "connection").every((value) => /^(keep-alive|close)$/i.test(value)),
    "Connection",
  );
  const api = owners.find((name) => alwaysBelow([around.rules[name].basePath], path)) ?? candidates[0] ?? "plain";
  const { extraHeaders, openMethods } = around.rules[api];
  for (const [by, other] of overrides(fields, query))
    expect(
      "open-paths",
      openMethods.length === 0 || openMethods.includes(other.trim().toUpperCase()),
      `${by}: ${other}`,
    );
  for (const name of [...SINGLE, CASE_HEADER.toLowerCase(), ...Object.keys(extraHeaders)])
    expect("duplicate-header", valuesOf(fields, name).length <= 1, name);
  for (const name of OURS) {
    const values = valuesOf(fields, name);
    expect(
      "duplicate-header",
      values.length === 1 && CORRELATION_ID.test(values[0] ?? ""),
      `${name}: ${values.join("|")}`,
    );
  }
  expect(
    "duplicate-header",
    valuesOf(fields, "traceparent").every((value) => TRACE_PARENT.test(value)),
    "traceparent",
  );
  for (const [name, value] of Object.entries(extraHeaders))
    expect(
      "duplicate-header",
      valuesOf(fields, name).join("|") === value,
      `${name}: ${valuesOf(fields, name).join("|")}`,
    );
  expect("body", message.body.length <= around.rules[api].maxBodyBytes, `${message.body.length} bytes`);
  if (sent.reading.kind === "whole")
    expect(
      "body",
      message.body.equals(sent.reading.message.body),
      `${message.body.length} bytes, sent ${sent.reading.message.body.length}`,
    );
  return breaches;
}

function tokenClaims(fields: readonly Field[], { tokens }: Surroundings) {
  const values = valuesOf(fields, "authorization");
  const [, token] = /^Bearer ([\w.-]+)$/.exec(values.length === 1 ? (values[0] ?? "") : "") ?? [];
  return token === undefined ? undefined : tokens.claims(token);
}

/** A user's own token B, or the app's where the API takes those: never the one for the other. */
function isTokenFor(
  api: ApiName,
  claims: Claims | undefined,
  user: string | undefined,
  { audiences, rules, appPrincipal }: Surroundings,
): boolean {
  if (claims?.aud !== audiences[api]) return false;
  return rules[api].appOnly
    ? claims.oid === appPrincipal && claims.scp === undefined
    : claims.oid === user && claims.scp !== undefined;
}

/** Whose call it is by the one token that its caller sent, if it holds, and if the gateway's does. */
function callingUser(sent: SentRequest, front: "direct" | "gateway", around: Surroundings): string | undefined {
  if (front === "gateway") {
    const gateway = tokenOf(sent.gatewayValues, around);
    if (gateway?.aud !== around.gatewayClientId || gateway.oid !== around.gatewayPrincipal) return undefined;
  }
  const user = tokenOf(sent.userValues, around);
  if (user?.aud !== around.gatewayClientId || !String(user.scp).split(" ").includes("access_as_user")) return undefined;
  const nowS = Date.now() / 1000;
  if (!(Number(user.exp) > nowS) || Number(user.nbf ?? 0) > nowS) return undefined;
  return typeof user.oid === "string" ? user.oid : undefined;
}

/** A folded line may be read as one with a space (RFC 9112, 5.2), and the host reads it so. */
function tokenOf(values: readonly string[], { tokens }: Surroundings) {
  const value = values.length === 1 ? (values[0] ?? "").replace(/\r?\n[ \t]+/g, " ") : "";
  const [, token] = /^bearer +(\S+)\s*$/i.exec(value) ?? [];
  return token === undefined ? undefined : tokens.claims(token);
}

/** Whether a target names this API, as the host decodes it. */
export function names(target: string, api: ApiName): boolean {
  const text = target.replace(/%([0-9a-f]{2})/gi, (_, octet: string) =>
    String.fromCharCode(Number.parseInt(octet, 16)),
  );
  return new RegExp(`/downstream/(?:.*[/\\\\])?${api}(?![a-z])`, "i").test(text);
}

function isOpen({ basePath, openPaths, openMethods }: ApiRules, method: string, path: string): boolean {
  if (openMethods.length > 0 && !openMethods.includes(method)) return false;
  return alwaysBelow(
    openPaths.map((prefix) => `${basePath}${prefix}`),
    path,
  );
}

/** API Management's own key goes no further, in whatever spelling; all else of the query stays, byte for byte. */
export function withoutGatewayKey(query: string): string {
  const parts = query.slice(1).split("&");
  const kept = parts.filter((part) => {
    const name = (part.split("=")[0] ?? "")
      .replaceAll("+", " ")
      .replace(/%([0-9a-f]{2})/gi, (_, octet: string) => String.fromCharCode(Number.parseInt(octet, 16)));
    return name.trim().toLowerCase() !== "subscription-key";
  });
  return kept.length === parts.length ? query : kept.length === 0 ? "" : `?${kept.join("&")}`;
}

/** What asks for another method than the request line: where from, and which. */
function overrides(fields: readonly Field[], query: string): readonly (readonly [by: string, method: string])[] {
  const byHeader = fields.filter(([name]) =>
    /^x-(?:http-)?method(?:-override)?$/.test(name.toLowerCase().replace(/[^a-z]/g, "-")),
  );
  const byQuery = [...new URLSearchParams(query)].filter(([name]) => /^(?:_method|\$httpmethod)$/i.test(name));
  return [...byHeader, ...byQuery];
}

function shown(text: string): string {
  return JSON.stringify(text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}...` : text);
}
