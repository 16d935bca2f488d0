import {
  COOKIE_HEADERS,
  type HeaderRule,
  REQUEST_HEADER_RULES,
  RESPONSE_HEADER_RULES,
  SHARED_CACHE_HEADERS,
} from "../shared/net/headerRules.ts";

/** The slots for what only Azure's own parts may send, and what is for API Management. */
const MAX_FORGED_HEADERS = 24;
/** The slots for what stays behind on the way to a direct API, and back. */
export const MAX_DROPPED_HEADERS = 40;
/** API Management writes these itself for each connection, and a policy does not interfere. */
const API_MANAGEMENTS_OWN = [
  "host",
  "connection",
  "close",
  "keep-alive",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
];
/** The policy deletes or overrides these in so many words. */
const POLICYS_OWN = ["authorization", "x-forwarded-authorization", "x-correlation-id", "client-request-id"];
/** What the gateway and the API must read alike passes under its own name alone. */
const NEVER_DISGUISED = ["content-length", "content-type", "content-encoding", "traceparent", "tracestate"];

const REGION = /^([ \t]*)<!-- generated: (.+?) -->\n[\s\S]*?^[ \t]*<!-- \/generated -->\n/gm;

/** What stands between the marks of a name in a policy source: `<!-- generated: NAME -->` ... `<!-- /generated -->`. */
const REGIONS: ReadonlyMap<string, string> = new Map([
  ["deletion of obo-forged", deletions("obo-forged", MAX_FORGED_HEADERS)],
  ["request headers that stay behind", requestHeaders()],
  ["deletion of obo-dropped", deletions("obo-dropped", MAX_DROPPED_HEADERS)],
  ["answer headers that stay behind", answerHeaders()],
  ["deletion of obo-dropped-answer", deletions("obo-dropped-answer", MAX_DROPPED_HEADERS)],
]);

/**
 * The policy with its generated regions as they are to be now.
 * @throws Error for marks that do not pair up, or of a name that there is no text for.
 */
export function withRegions(policy: string): string {
  const filled = policy.replace(REGION, (_, indentation: string, name: string) => {
    const text = REGIONS.get(name);
    if (text === undefined) throw new Error(`There is nothing to generate for '${name}'.`);
    const lines = text.split("\n").map((line) => `${indentation}${line}\n`);
    return `${indentation}<!-- generated: ${name} -->\n${lines.join("")}${indentation}<!-- /generated -->\n`;
  });
  const marks = [...filled.matchAll(/<!-- (\/?generated)/g)].map(([, mark]) => mark);
  if (marks.some((mark, index) => mark !== (index % 2 === 0 ? "generated" : "/generated")) || marks.length % 2 === 1)
    throw new Error("<!-- generated: ... --> and <!-- /generated --> do not pair up.");
  return filled;
}

/**
 * Deletes the headers that a variable names, with spaces between and one before them that nobody sends: policies have no
 * removal by prefix, and no loop.
 */
function deletions(variable: string, count: number): string {
  const list = `((string)context.Variables[&quot;${variable}&quot;])`;
  return Array.from(
    { length: count },
    (_, index) =>
      `<set-header name="@(${list}.Split(' ').ElementAtOrDefault(${index + 1}) ?? &quot;x-ms-none&quot;)" exists-action="delete" />`,
  ).join("\n");
}

/** Sets obo-dropped: names as servers may come to see them, so that `_` and its like count as `-`. */
function requestHeaders(): string {
  const { exact, beginnings } = namesOf(REQUEST_HEADER_RULES);
  return variable("obo-dropped", [
    "var passed = \"{{obo-direct-passed-headers}}\".Split(' ');",
    `var own = "${[...API_MANAGEMENTS_OWN, ...POLICYS_OWN].join(" ")}".Split(' ');`,
    `var names = "${exact.join(" ")}".Split(' ');`,
    `var beginnings = "${beginnings.join(" ")}".Split(' ');`,
    `var undisguised = "${NEVER_DISGUISED.join(" ")}".Split(' ');`,
    'return string.Join(" ", new[] { "x-ms-none" }.Concat(context.Request.Headers.Keys.Where(key =>',
    "{",
    "  var lower = key.ToLowerInvariant();",
    '  var name = Regex.Replace(lower, "[^a-z0-9-]", "-");',
    "  var isDropped = names.Contains(name) || beginnings.Any(beginning => name.StartsWith(beginning, StringComparison.Ordinal));",
    "  return isDropped ? !own.Contains(lower) && !passed.Contains(lower) : name != lower && undisguised.Contains(name);",
    "})));",
  ]);
}

/** Sets obo-dropped-answer. */
function answerHeaders(): string {
  const { exact, beginnings } = namesOf(RESPONSE_HEADER_RULES);
  return variable("obo-dropped-answer", [
    `var names = "${exact.filter((name) => !API_MANAGEMENTS_OWN.includes(name)).join(" ")}".Split(' ').AsEnumerable();`,
    `if ("{{obo-direct-set-cookie}}" != "true") { names = names.Concat("${COOKIE_HEADERS.join(" ")}".Split(' ')); }`,
    `if ("{{obo-direct-shared-caching}}" != "true") { names = names.Concat("${SHARED_CACHE_HEADERS.join(" ")}".Split(' ')); }`,
    `var beginnings = "${beginnings.join(" ")}".Split(' ');`,
    'return string.Join(" ", new[] { "x-ms-none" }.Concat(context.Response.Headers.Keys.Where(key =>',
    "{",
    "  var name = key.ToLowerInvariant();",
    "  return names.Contains(name) || beginnings.Any(beginning => name.StartsWith(beginning, StringComparison.Ordinal));",
    "})));",
  ]);
}

function namesOf(rules: readonly HeaderRule[]): {
  readonly exact: readonly string[];
  readonly beginnings: readonly string[];
} {
  const names = rules.flatMap((rule) => rule.names);
  return {
    exact: names.filter((name) => !name.endsWith("*")),
    beginnings: names.filter((name) => name.endsWith("*")).map((name) => name.slice(0, -1)),
  };
}

/** A set-variable of C# statements. */
function variable(name: string, statements: readonly string[]): string {
  const lines = statements.map(
    (line) => `  ${line.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;")}`,
  );
  return [`<set-variable name="${name}" value="@{`, ...lines, '}" />'].join("\n");
}
