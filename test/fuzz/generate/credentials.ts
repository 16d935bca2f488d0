import fc from "fast-check";

/** Tokens that exist before the first case; `oracle` decides for itself which of them stand for a user. */
export const TOKEN_NAMES = [
  "alice",
  "bob",
  "expired",
  "notYet",
  "otherAudience",
  "otherIssuer",
  "otherTenant",
  "unsigned",
  "publicKeyAsSecret",
  "foreignKey",
  "withoutKeyId",
  "strangeKeyId",
  "withoutScope",
  "otherScope",
  "appOnly",
  "oidObject",
  "oidPath",
  "tidNumber",
  "scopeList",
  "unknownUser",
  "downstream",
  "gateway",
  "otherGateway",
] as const;
export type TokenName = (typeof TOKEN_NAMES)[number];

/** A token: one that exists, or one made of those. */
export type TokenPlan =
  | { readonly kind: "named"; readonly name: TokenName }
  | { readonly kind: "changed"; readonly name: TokenName; readonly at: number; readonly to: string }
  | { readonly kind: "spliced"; readonly names: readonly [TokenName, TokenName, TokenName] }
  | { readonly kind: "cut"; readonly name: TokenName; readonly length: number }
  | { readonly kind: "text"; readonly text: string };

/** The values of one `Authorization`-like header, in order: none, one or several. `{}` stands for the token. */
export interface HeaderPlan {
  readonly token: TokenPlan;
  readonly forms: readonly string[];
}

export interface CredentialPlan {
  readonly user: HeaderPlan;
  /** Used where a gateway must prove itself. */
  readonly gateway: HeaderPlan;
}

const FORMS = [
  ["bearer {}"],
  ["BEARER   {}"],
  ["Bearer {} "],
  ["Bearer\t{}"],
  ["Bearer {}, Bearer {}"],
  ["Bearer {},"],
  ["Bearer {};x=y"],
  ['Bearer "{}"'],
  ["Bearer {}", "Bearer {}"],
  ["Bearer {}", "Bearer {token:bob}"],
  ["Bearer {token:bob}", "Bearer {}"],
  ["Bearer x", "Bearer {}"],
  ["Basic dXNlcjpwYXNz", "Bearer {}"],
  ["Basic dXNlcjpwYXNz"],
  ["Bearer"],
  ["Bearer "],
  [""],
  ["{}"],
  ["Token {}"],
  ["DPoP {}"],
  ["Bearer Bearer {}"],
  ["Bearer {}\r\n x"],
  ["Bearer\r\n {}"],
  [],
];
const forms = fc.oneof(
  { weight: 24, arbitrary: fc.constant(["Bearer {}"]) },
  { weight: 1, arbitrary: fc.constantFrom(...FORMS) },
);
const name = fc.constantFrom(...TOKEN_NAMES);
const hostile: fc.Arbitrary<TokenPlan> = fc.oneof(
  { weight: 4, arbitrary: name.map((chosen): TokenPlan => ({ kind: "named", name: chosen })) },
  {
    weight: 3,
    arbitrary: fc
      .tuple(
        name,
        fc.nat({ max: 3_000 }),
        fc.constantFrom("", "A", "B", "-", "_", ".", "~", "+", "/", "=", "==", "%00", " ", ",", "\xe9", "\x01"),
      )
      .map(([chosen, at, to]): TokenPlan => ({ kind: "changed", name: chosen, at, to })),
  },
  { weight: 2, arbitrary: fc.tuple(name, name, name).map((names): TokenPlan => ({ kind: "spliced", names })) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(name, fc.nat({ max: 1_500 }))
      .map(([chosen, length]): TokenPlan => ({ kind: "cut", name: chosen, length })),
  },
  {
    weight: 2,
    arbitrary: fc
      .constantFrom(
        "",
        ".",
        "..",
        "...",
        "e30.e30.e30",
        "eyJhbGciOiJub25lIn0.e30.",
        "bnVsbA.bnVsbA.bnVsbA",
        "W10.W10.W10",
        "undefined",
        "a".repeat(20_000),
        `${"a.".repeat(8_000)}`,
        "\u00e9\u00ff",
        "../../etc/passwd",
        jsonToken({ alg: "RS256", kid: "../../x" }, { tid: "__proto__" }),
        jsonToken({ alg: ["RS256"], kid: { x: 1 } }, { tid: {} }),
        jsonToken({ alg: "RS256", jku: "http://{elsewhere}/", x5u: "http://{elsewhere}/" }, {}),
        jsonToken({ alg: "RS256", crit: ["b64"], b64: false }, { tid: "10000000-0000-4000-8000-000000000001" }),
        jsonToken({ alg: "HS256", kid: "x" }, { tid: "10000000-0000-4000-8000-000000000001", exp: 1e300 }),
        jsonToken({ alg: "RS256", jwk: {} }, { tid: "10000000-0000-4000-8000-000000000001", aud: [], iss: null }),
      )
      .map((text): TokenPlan => ({ kind: "text", text })),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.json({ maxDepth: 2 }), fc.json({ maxDepth: 2 })).map(
      ([header, claims]): TokenPlan => ({
        kind: "text",
        text: `${base64(header)}.${base64(claims)}.${base64(claims)}`,
      }),
    ),
  },
);

function jsonToken(header: object, claims: object): string {
  return `${base64(JSON.stringify(header))}.${base64(JSON.stringify(claims))}.c2ln`;
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64url");
}

function headerOf(usual: fc.Arbitrary<TokenName>): fc.Arbitrary<HeaderPlan> {
  const token = fc.oneof(
    { weight: 15, arbitrary: usual.map((chosen): TokenPlan => ({ kind: "named", name: chosen })) },
    { weight: 1, arbitrary: hostile },
  );
  return fc.record({ token, forms });
}

export const credentials: fc.Arbitrary<CredentialPlan> = fc.record({
  user: headerOf(fc.constantFrom<TokenName[]>("alice", "bob")),
  gateway: headerOf(fc.constant<TokenName>("gateway")),
});

/** Tokens alone, for what reads them without a socket. */
export const hostileTokens = hostile;
