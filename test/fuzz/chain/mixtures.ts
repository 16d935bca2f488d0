import { seededRandom } from "../../e2e/support/seededRandom.ts";

/** The operations that a client has: the functions' API, an API of theirs with open prefixes, and the direct API. */
export const OPERATIONS = ["/obo/downstream/profile", "/obo/downstream/ruled", "/profile-direct"] as const;

/** What the direct API and `ruled` leave open. */
export const OPEN_PREFIXES: readonly string[] = ["/me", "/items"];

export interface Mixture {
  readonly operation: (typeof OPERATIONS)[number];
  /** The whole request target. */
  readonly target: string;
}

const SEPARATORS = [
  "/",
  "/",
  "/",
  "//",
  "\\",
  "%2f",
  "%2F",
  "%5c",
  "%252f",
  "%25%32%66",
  "%c0%af",
  "%EF%BC%8F",
  "%E2%88%95",
];
const DOTS = [
  "..",
  ".",
  "%2e%2e",
  ".%2E",
  "%2e.",
  "%252e%252e",
  "%25%32%65.",
  "%c0%ae%c0%ae",
  "%EF%BC%8E%EF%BC%8E",
  "%E2%80%A5",
  ".%E2%80%8B.",
];
const AROUND = ["", "", "", ";", ";x=1", "%3b", "%20", "%20.", "%09", "%00", "%23", "%3f", "#", "%u002e", "%"];
const NAMES = [
  "me",
  "items",
  "a",
  "x",
  "authorization",
  "authorization",
  "profile",
  "ruled",
  "validate",
  "health",
  "ready",
  "live",
  "downstream",
  "api",
  "obo",
  "profile-direct",
  "admin",
  "%61uthorization",
];
const CLIMBS = [
  "/../../authorization/profile",
  "/../authorization/profile",
  "/../../validate",
  "/../../../health/ready",
  "/../ruled/admin",
  "/../../../../",
];

/** Paths of dots, slashes, encodings, parameters and names, the same for the same seed. */
export function* mixtures(seed: number): Generator<Mixture, never> {
  const random = seededRandom(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] ?? expectSome();
  const segment = (): string => {
    if (random() < 0.8) return pick(NAMES);
    return random() < 0.3 ? `${pick(AROUND)}${pick(DOTS)}${pick(AROUND)}` : `${pick(DOTS)}${pick(AROUND)}`;
  };
  const encode = (text: string): string =>
    [...text].map((each) => (random() < 0.3 ? encoded(each, random) : each)).join("");
  for (;;) {
    const operation = pick(OPERATIONS);
    const length = 1 + Math.floor(random() * 6);
    const separator = (): string => (random() < 0.85 ? "/" : pick(SEPARATORS));
    let rest = Array.from({ length }, () => `${separator()}${segment()}`).join("");
    if (random() < 0.3) rest = `/${pick(OPEN_PREFIXES).slice(1)}${rest}`;
    if (random() < 0.3) rest += random() < 0.5 ? pick(CLIMBS) : encode(pick(CLIMBS));
    if (random() < 0.2) rest += exactClimb(rest, operation, pick, encode);
    const query = random() < 0.1 ? "?x=../../authorization/profile" : "";
    yield { operation, target: `${operation}${rest}${query}` };
  }
}

/** As many dot segments as lead from here to another function of the same app, in one way to write them. */
function exactClimb(
  rest: string,
  operation: string,
  pick: <T>(list: readonly T[]) => T,
  encode: (text: string) => string,
): string {
  const depth = rest.split("/").length - 1 + operation.split("/").length - 2;
  const dots = pick(["..", "..", "%2e%2e", ".%2E", "..;", "..%20", "%252e%252e", encode("..")]);
  const separator = pick(["/", "/", "/", "\\", "%2f", "%5c"]);
  const to = pick(["authorization/profile", "authorization/ruled", "validate", "health/ready", "health/live"]);
  return `${separator}${dots}`.repeat(depth) + separator + to;
}

/** One to three layers of percent-encoding, in either case. */
function encoded(character: string, random: () => number): string {
  const octet = (code: number): string => {
    const digits = code.toString(16).padStart(2, "0");
    return `%${random() < 0.5 ? digits : digits.toUpperCase()}`;
  };
  let text = octet(character.charCodeAt(0));
  while (random() < 0.4 && text.length < 12)
    text = random() < 0.5 ? text.replaceAll("%", "%25") : [...text].map((each) => octet(each.charCodeAt(0))).join("");
  return text;
}

function expectSome(): never {
  throw new Error("The list is empty.");
}
