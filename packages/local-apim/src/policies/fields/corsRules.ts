import type { HeaderCollection } from "../../http/headerCollection.ts";

export interface CorsRules {
  readonly credentials: boolean;
  /** Origins, or one `*`. */
  readonly origins: readonly string[];
  readonly methods: readonly string[];
  readonly maxAgeSeconds: number;
  readonly headers: readonly string[];
  readonly exposed: readonly string[];
}

type Fields = readonly (readonly [string, string])[];

/** What the answer to a cross-origin request says; undefined when the rules do not allow it. */
export function actualHeaders(rules: CorsRules, origin: string, method: string): Fields | undefined {
  if (!allowsOrigin(rules, origin) || !allows(rules.methods, method)) return undefined;
  const exposed: Fields =
    rules.exposed.length === 0 ? [] : [["Access-Control-Expose-Headers", rules.exposed.join(",")]];
  return [...common(rules, origin), ...exposed];
}

/** What the answer to a preflight says (Fetch standard, "CORS-preflight fetch"); undefined when it is not allowed. */
export function preflightHeaders(rules: CorsRules, request: HeaderCollection): Fields | undefined {
  const origin = request.joined("origin") ?? "";
  const method = request.joined("access-control-request-method") ?? "";
  const asked = (request.joined("access-control-request-headers") ?? "").split(",").map((name) => name.trim());
  const wanted = asked.filter((name) => name !== "");
  if (!allowsOrigin(rules, origin) || !allows(rules.methods, method)) return undefined;
  if (!wanted.every((name) => allows(rules.headers, name))) return undefined;
  const methods = rules.methods.includes("*") ? method : rules.methods.join(",");
  const headers = rules.headers.includes("*") ? wanted.join(",") : rules.headers.join(",");
  return [
    ...common(rules, origin),
    ["Access-Control-Allow-Methods", methods],
    ...(headers === "" ? [] : ([["Access-Control-Allow-Headers", headers]] as const)),
    ["Access-Control-Max-Age", String(rules.maxAgeSeconds)],
  ];
}

function common({ credentials, origins }: CorsRules, origin: string): Fields {
  const any = origins.some((allowed) => allowed.trim() === "*");
  return [
    // With credentials a browser takes no wildcard.
    ["Access-Control-Allow-Origin", any && !credentials ? "*" : origin],
    ...(credentials ? ([["Access-Control-Allow-Credentials", "true"]] as const) : []),
  ];
}

function allowsOrigin({ origins }: CorsRules, origin: string): boolean {
  return origins.some((allowed) => allowed.trim() === "*" || sameOrigin(allowed, origin));
}

function sameOrigin(a: string, b: string): boolean {
  return URL.canParse(a) && URL.canParse(b) && new URL(a).origin === new URL(b).origin && new URL(a).origin !== "null";
}

function allows(list: readonly string[], wanted: string): boolean {
  return list.some((one) => one.trim() === "*" || one.trim().toLowerCase() === wanted.toLowerCase());
}
