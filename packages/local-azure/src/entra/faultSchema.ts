import { z } from "zod";

/** What goes wrong. Durations in milliseconds, `Retry-After` in seconds, sizes in bytes. */
const effect = z.discriminatedUnion("kind", [
  /** Any refusal of Entra ID: `aadsts` names it, the rest overrides what goes with that code. */
  z.strictObject({
    kind: z.literal("error"),
    aadsts: z.int().positive(),
    message: z.string().optional(),
    error: z.string().optional(),
    status: z.int().min(400).max(599).optional(),
    suberror: z.string().optional(),
    /** The claims challenge, as JSON text. */
    claims: z.string().optional(),
  }),
  /** HTTP 429. */
  z.strictObject({ kind: z.literal("throttle"), retryAfterS: z.int().min(0).optional() }),
  /** HTTP 5xx, with Entra's JSON, with a proxy's HTML page, or with nothing. */
  z.strictObject({
    kind: z.literal("outage"),
    status: z.int().min(500).max(599).default(503),
    body: z.enum(["json", "html", "empty"]).default("json"),
    retryAfterS: z.int().min(0).optional(),
  }),
  /** Answers as usual, but late. */
  z.strictObject({ kind: z.literal("slow"), delayMs: z.number().min(0) }),
  /** Takes the request and never answers. */
  z.strictObject({ kind: z.literal("hang") }),
  /** Cuts the connection. */
  z.strictObject({ kind: z.literal("cut"), when: z.enum(["before-headers", "mid-body"]) }),
  z.strictObject({ kind: z.literal("malformed-json") }),
  /** HTTP 200, JSON, and no token in it. */
  z.strictObject({ kind: z.literal("no-access-token") }),
  z.strictObject({
    kind: z.literal("oversized"),
    bytes: z
      .int()
      .positive()
      .default(64 * 1024 * 1024),
  }),
]);

/** What a fault aims at: all that it names must match. Users by name or object id, apps and resources by client id or URI. */
const aim = z.strictObject({
  user: z.string().optional(),
  client: z.string().optional(),
  resource: z.string().optional(),
  grantType: z.string().optional(),
});

export const faultSchema = z.strictObject({
  endpoint: z.enum(["token", "metadata", "keys"]).default("token"),
  /** For the token endpoint only. */
  aim: aim.default({}),
  /** How many requests it spoils; without it, all until it is cleared. */
  times: z.int().positive().optional(),
  effect,
});

export type Fault = z.input<typeof faultSchema>;
export type PlannedFault = z.output<typeof faultSchema>;
export type FaultEffect = PlannedFault["effect"];
export type FaultEndpoint = PlannedFault["endpoint"];
