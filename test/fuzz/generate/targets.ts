import fc from "fast-check";

const USUAL_METHODS = ["GET", "GET", "GET", "HEAD", "POST", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] as const;
const ODD_METHODS = [
  "get",
  "Post",
  "TRACE",
  "CONNECT",
  "PROPFIND",
  "QUERY",
  "FUZZ",
  "GET\t",
  "G@T",
  "",
  "PRI",
  "M-SEARCH",
];

export const methods: fc.Arbitrary<string> = fc.oneof(
  { weight: 15, arbitrary: fc.constantFrom(...USUAL_METHODS) },
  { weight: 1, arbitrary: fc.constantFrom(...ODD_METHODS) },
);

const HARMLESS = [
  "me",
  "me",
  "me",
  "items",
  "42",
  "a-b_c~d",
  "x.y",
  "sales(2024)",
  "a,b",
  "a=b",
  "%C3%A9",
  "%20",
  "a%20b",
  "v1",
  "$batch",
];
const HOSTILE = [
  "..",
  ".",
  "...",
  "%2e%2e",
  "%2E.",
  ".%2e",
  "%252e%252e",
  "%25252e%25252e",
  "%c0%ae%c0%ae",
  "%e0%80%ae%e0%80%ae",
  "%f0%80%80%ae",
  "%u002e%u002e",
  "%uff0e",
  "%ef%bc%8e%ef%bc%8e",
  "..%2f..%2f",
  "..%5c..%5c",
  "..%c0%af..",
  "..%252f",
  "..;",
  "..;x=1",
  ";/..",
  "..%3b",
  "..%20",
  "..%09",
  "..%0a",
  "..\\..",
  "\\",
  "%5c",
  "%2f",
  "%252f",
  "%25",
  "%",
  "%zz",
  "%2",
  "%00",
  "me%00.json",
  "%0d%0aX-Forwarded-For:%201.2.3.4",
  "%0d%0a%0d%0aGET%20/smuggled%20HTTP/1.1",
  "%7f",
  "%80",
  "%ff%fe",
  "%c2%80",
  "%e2%80%ae",
  "%3f",
  "%23",
  "#frag",
  "@{elsewhere}",
  "me@{elsewhere}",
  ":80",
  "http:",
  "http://{elsewhere}",
  "http:%2f%2f{elsewhere}",
  "",
  "~",
  "\xe9",
  "a b",
  "a\tb",
  "{}",
  "|",
  "<x>",
  '"',
  "`",
  "^",
  "'",
  "*",
  "$metadata;x",
  "con",
  "::$DATA",
  "web.config",
];
const LONG = [300, 2_000, 8_100, 9_000, 40_000];

/** Paths that every API may have: to refuse one is a failure too. */
export const harmlessPaths: fc.Arbitrary<string> = fc
  .array(fc.constantFrom(...HARMLESS), { maxLength: 6 })
  .map((list) => list.map((segment) => `/${segment}`).join(""));

const segments = fc.oneof(
  { weight: 40, arbitrary: fc.constantFrom(...HARMLESS) },
  { weight: 3, arbitrary: fc.constantFrom(...HOSTILE) },
  {
    weight: 1,
    arbitrary: fc.array(fc.constantFrom(...HOSTILE), { minLength: 2, maxLength: 3 }).map((parts) => parts.join("")),
  },
  {
    weight: 1,
    arbitrary: fc.string({
      unit: fc.integer({ min: 0x21, max: 0xff }).map((code) => String.fromCharCode(code)),
      maxLength: 8,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.array(fc.integer({ min: 0, max: 255 }), { minLength: 1, maxLength: 6 }).map(percentEncoded),
  },
);

function percentEncoded(octets: readonly number[]): string {
  return octets.map((octet) => `%${octet.toString(16).padStart(2, "0")}`).join("");
}

/** What stands behind the API's name. */
export const rests: fc.Arbitrary<string> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.array(segments, { maxLength: 5 }).map((list) => list.map((segment) => `/${segment}`).join("")),
  },
  // Below what the API with rules leaves open.
  {
    weight: 6,
    arbitrary: fc
      .array(segments, { maxLength: 3 })
      .map((list) => `/me${list.map((segment) => `/${segment}`).join("")}`),
  },
  { weight: 1, arbitrary: fc.constantFrom(...LONG).map((length) => `/me/${"a".repeat(length)}`) },
  {
    weight: 1,
    arbitrary: fc.constantFrom("/meetings", "/me;x/../admin", "/admin", "/me/../admin", "//me", "/ME", "/me%2fadmin"),
  },
);

export const queries: fc.Arbitrary<string> = fc.oneof(
  { weight: 6, arbitrary: fc.constant("") },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      "?a=b",
      "?$filter=name%20eq%20'x'",
      "?",
      "?a=b&a=c",
      "?x=%2F..%2F",
      "?..//..\\",
      "??",
      "?a=%00",
      "?%zz",
      "?subscription-key=k",
      "?a=%zz&Subscription-Key=k&&b",
      "?subscription%2dkey=k&a=1",
      "?_method=DELETE",
      "?a&%5Fmethod=PUT",
    ),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      '?Headers={"authorization":"Bearer x","x-ms-client-principal":"x"}',
      "?Headers=%7B%22authorization%22%3A%22Bearer%20x%22%7D",
      "?headers=1",
      "?api=root&path=../..",
      "?API=root",
      "?code=master&clientId=default",
      "?url=http://{elsewhere}/",
      "?x=#y",
      "?\xe9",
      "?a b",
      "?x=\x01",
      `?q=${"a".repeat(7_000)}`,
      `?q=${"a".repeat(12_000)}`,
    ),
  },
);

/** Where a request goes: mostly to an API, in every form that a request target can have (RFC 9112, 3.2) and some it cannot. */
export function targets(api: string): fc.Arbitrary<string> {
  const address = `/api/downstream/${api}`;
  const toApi = fc.tuple(rests, queries).map(([rest, query]) => `${address}${rest}${query}`);
  const prefixes = [
    "http://{elsewhere}",
    "https://{elsewhere}",
    "HTTP://user@{elsewhere}",
    "//{elsewhere}",
    "/",
    "/x/..",
    "/%2e",
    "/api/..",
    "\\\\{elsewhere}",
    "{elsewhere}",
    "@{elsewhere}",
  ];
  return fc.oneof(
    { weight: 24, arbitrary: toApi },
    { weight: 2, arbitrary: fc.tuple(fc.constantFrom(...prefixes), toApi).map(([prefix, target]) => prefix + target) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        "*",
        "",
        "/",
        "{elsewhere}",
        "?",
        "/api/validate",
        "/api/health/live",
        `/api/authorization/${api}`,
        `/api/authorization/${api}?x=1`,
        "/api/downstream",
        "/api/downstream/",
        "/api/downstream/unknown/me",
        "/api/downstream/__proto__/me",
        "/api/downstream/constructor/me",
        "/api/downstream/%70lain/me",
        `/api/downstream/${api}@{elsewhere}/me`,
        `/api/downstream/${api}:80/me`,
        `/api/downstream/${api};x/me`,
        `/api/downstream/${api}%2fme`,
        `/api/downstream//${api}/me`,
        `/api//downstream/${api}/me`,
        `/API/Downstream/${api}/me`,
        `/api/downstream/${api.toUpperCase()}/me`,
        `/api/downstream/${api}/../root/me`,
        `/api/downstream/${api}/..%2froot/me`,
        "/admin/host/status",
        "/runtime/webhooks/x",
      ),
    },
  );
}
