import { expect, it } from "vitest";
import { METHODS } from "../../shared/config/downstreamApiSchema.ts";
import { OVERRIDE_HEADERS, OVERRIDE_PARAMETERS } from "../../shared/downstream/downstreamApi.ts";
import { NEVER_DISGUISED, responseHeaders } from "../../shared/downstream/headers.ts";
import { GATEWAY_PARAMETERS, targetPath } from "../../shared/downstream/targetPath.ts";
import type { HeaderRule } from "../../shared/net/headerRules.ts";
import {
  COOKIE_HEADERS,
  REQUEST_HEADER_RULES,
  RESPONSE_HEADER_RULES,
  SHARED_CACHE_HEADERS,
} from "../../shared/net/headerRules.ts";
import { markdownTable } from "../e2e/support/markdownTable.ts";
import { apiSettings } from "./downstream/support/apiSettings.ts";

const PATHS = [
  "/me/messages",
  "/caf%C3%A9",
  "/50%25off",
  "/a%23b",
  "/x/...",
  "/%EF%BC%91%EF%BC%8F%EF%BC%92",
  "/../x",
  "/..;v=1/x",
  "/..%20./x",
  "/..%23/x",
  "/.%E2%80%8B./x",
  "/%EF%BC%8E%EF%BC%8E/x",
  "/a%EF%BC%8F..%EF%BC%8Fb",
  "/%2e%2e/x",
  "/a%2Fb",
  "/a%5Cb",
  "/a\\b",
  "/a//b",
  "/a%00b",
  "/%25%32%65%25%32%65/x",
  "/50%2520off",
  "/%C0%AE/x",
  "/a%zz",
  "/a b",
] as const;
const QUERIES = ["?a=%2F..&b=%zz", "?a=1&subscription-key=secret&b=2", "?Subscription%2DKey=secret"];
const CACHE_CONTROL = [
  "max-age=60",
  "public, max-age=60",
  "s-maxage=600, max-age=60",
  "max-age=60, must-revalidate",
  "no-store",
];
const API = apiSettings();

it("docs/generated/edge.md shows what crosses the edge, from the tables that the code uses", async () => {
  await expect(edgeDocument()).toMatchFileSnapshot("../../docs/generated/edge.md");
});

function edgeDocument(): string {
  return `# What crosses the edge

Which headers, paths, queries and methods of a call to \`/downstream/{api}/{path}\` reach the downstream API, and which headers of
its response reach the client. \`npm run edge\` writes this page from the tables that the code uses.
[downstream-apis.md](../downstream-apis.md) explains the rules. The same header tables make the policies for APIs that API
Management calls itself.

## Request headers

All pass, except these. A name that differs only in \`_\`, \`.\` or another character in the place of \`-\` counts as the same name. "by
name" means that \`DownstreamApis__{name}__PassRequestHeaders\` can let the header pass.

${ruleTable(REQUEST_HEADER_RULES, ["by name", "never"])}

What \`Connection\` names is dropped too, except \`Content-Length\`. These pass under their own name alone, never in another spelling:
${names([...NEVER_DISGUISED])}.

## Response headers

All pass, except these.

${ruleTable(RESPONSE_HEADER_RULES)}

Settings of an API open two groups: \`AllowSetCookie\` lets ${names(COOKIE_HEADERS)} pass; \`AllowSharedCaching\` lets
${names(SHARED_CACHE_HEADERS)} pass and leaves \`Cache-Control\` as it is. Without it, a \`Cache-Control\` that opens shared caches (RFC 9111, 3.5) becomes private:

${markdownTable(
  ["the API's `Cache-Control`", "the client's"],
  CACHE_CONTROL.map((value) => [code(value), code(cacheControl(value))]),
)}

## Paths

The path after the API's name passes byte for byte, or is refused with 400 \`invalid_target\`. This is the function's rule; API
Management's policies refuse the same kinds, and \`%23\`, before the function is called.

${markdownTable(
  ["path", "what happens"],
  PATHS.map((path) => [code(path), outcome(path)]),
)}

## Queries

The query passes byte for byte, without API Management's own parameters: ${names([...GATEWAY_PARAMETERS])}.

${markdownTable(
  ["query", "the API's"],
  QUERIES.map((query) => [code(query), code(targetPath("", "/", query).slice(1)) || "none"]),
)}

## Methods

${names(METHODS)} pass, or those of \`AllowedMethods\`. Where that is set, each of these must name an allowed method, else the answer
is 405: the headers ${names(OVERRIDE_HEADERS)}; the query parameters ${names(OVERRIDE_PARAMETERS)}.
`;
}

/** @param canPass what to write where settings can let headers pass, and where they cannot; no such column without it */
function ruleTable(rules: readonly HeaderRule[], canPass?: readonly [yes: string, no: string]): string {
  const rows = rules.map((rule) => [
    names(rule.names),
    rule.reason,
    rule.source,
    ...(canPass === undefined ? [] : [rule.canPass === true ? canPass[0] : canPass[1]]),
  ]);
  return markdownTable(["header", "why", "source", ...(canPass === undefined ? [] : ["passes"])], rows);
}

function names(list: readonly string[]): string {
  return list.map(code).join(", ");
}

function code(text: string): string {
  return text === "" ? "" : `\`${text}\``;
}

function cacheControl(value: string): string {
  return responseHeaders(["cache-control", value], API, { path: "/", rest: "/" })[0]?.[1] ?? "";
}

function outcome(path: string): string {
  try {
    return targetPath("", path, "") === path ? "passes" : expect.fail(`${path} was changed`);
  } catch (error) {
    return error instanceof Error ? `refused: it ${error.message.replace(/^.*: it /, "")}` : expect.fail(String(error));
  }
}
