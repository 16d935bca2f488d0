import fc from "fast-check";

/** What the downstream API answers: honest, careless or hostile itself. Text is Latin-1. */
export interface AnswerPlan {
  readonly status: number;
  readonly fields: readonly (readonly [name: string, value: string])[];
  readonly body: string;
  readonly chunked: boolean;
}

/** `{base}`: the API's base URL; `{path}`: its path alone; `{origin}`: its origin. */
export const LOCATIONS = [
  "{base}/items/1",
  "{path}/items/1",
  "{path}",
  "{base}?x=1#y",
  "{base}x/items",
  "{base}/../admin",
  "{base}/a/../../../admin",
  "{origin}/",
  "{origin}/elsewhere",
  "items/2",
  "../items",
  "../../../../x",
  "./a:b",
  "?q=1",
  "#f",
  "",
  "/admin",
  "//{elsewhere}/x",
  "http://{elsewhere}/x",
  "{origin}@{elsewhere}/x",
  "https://example.com/",
  "mailto:a@example.com",
  "http://[",
  "\\\\{elsewhere}\\x",
  "{base}/a%2f..%2f",
  "{base}//x",
  "{base}/caf\u00e9",
];

const STATUSES = [
  200, 200, 200, 200, 201, 202, 204, 206, 301, 302, 303, 304, 307, 308, 400, 401, 403, 404, 409, 412, 416, 429, 503,
];
const field = fc.oneof(
  fc.constantFrom(...LOCATIONS).map((location) => ["Location", location] as const),
  fc.constantFrom(...LOCATIONS).map((location) => ["Content-Location", location] as const),
  fc.constantFrom<(readonly [name: string, value: string])[]>(
    ["Set-Cookie", "session=1"],
    ["Server", "Downstream/9.9"],
    ["X-Powered-By", "Downstream"],
    ["X-AspNet-Version", "4.0"],
    ["Via", "1.1 inner"],
    ["Keep-Alive", "timeout=9"],
    ["Proxy-Authenticate", "Basic"],
    ["Upgrade", "h2c"],
    ["Trailer", "X-Checksum"],
    ["X-Correlation-Id", "downstreams-own"],
    ["x-ms-invocation-id", "downstreams-own"],
    ["ETag", '"a"'],
    ["Cache-Control", "max-age=60"],
    ["Cache-Control", "Public, max-age=60"],
    ["Cache-Control", "s-maxage=600"],
    ["CDN-Cache-Control", "max-age=600"],
    ["Access-Control-Allow-Origin", "*"],
    ["Access-Control-Allow-Credentials", "true"],
    ["Strict-Transport-Security", "max-age=1"],
    ["Clear-Site-Data", '"*"'],
    ["Service-Worker-Allowed", "/"],
    ["NEL", "{}"],
    ["Report-To", "{}"],
    ["Reporting-Endpoints", 'a="/x"'],
    ["Refresh", "0; url=http://{elsewhere}/"],
    ["Public-Key-Pins", "x"],
    ["SourceMap", "/x.map"],
    ["WWW-Authenticate", 'Bearer error="invalid_token"'],
    ["WWW-Authenticate", 'Bearer error="insufficient_claims", claims="eyJ4Ijp7fX0="'],
    ["Retry-After", "1"],
    ["X-Latin", "caf\u00e9"],
    ["Content-Type", "application/json"],
    ["Content-Encoding", "gzip"],
    ["Alt-Svc", 'h3=":443"'],
    ["X-Nominated", "1"],
    ["Content-Type", "text/html"],
  ),
);

export const downstreamAnswers: fc.Arbitrary<AnswerPlan> = fc.oneof(
  { weight: 3, arbitrary: fc.constant({ status: 200, fields: [], body: "{}", chunked: false }) },
  {
    weight: 5,
    arbitrary: fc.record({
      status: fc.constantFrom(...STATUSES),
      fields: fc.array(field, { maxLength: 4 }),
      body: fc.oneof(fc.constantFrom("", "{}", "x".repeat(2_000)), fc.constant("y".repeat(40_000))),
      chunked: fc.boolean(),
    }),
  },
);
