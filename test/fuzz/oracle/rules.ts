/** What must hold of every request that the downstream API sees, whatever the caller sent. */
export const REQUEST_RULES = {
  framing: "the bytes are strictly HTTP/1.1 messages, one behind the other",
  "known-case": "each request belongs to one case: nothing smuggled in a body became a request of its own",
  "one-call":
    "a case leads to one request at the most; to one more where the first was answered 401, or broke and may be repeated",
  elsewhere: "no connection is made to a server that only the caller named",
  "request-line": "origin-form, visible ASCII, HTTP/1.1",
  method: "the caller's own method",
  host: "one Host, and it is the downstream API's",
  "base-path": "below the base URL's path, even as a lenient server reads it",
  "open-paths": "below an open prefix and with an open method, where the settings name some",
  query: "the query, byte for byte, without API Management's own key",
  token: "one Authorization: a token B of Entra ID's for this API and this caller's user",
  "foreign-token": "nowhere token A, the gateway's token or a secret",
  "forbidden-header": "no header that must not pass, under no disguise",
  "duplicate-header": "once each: what the gateway writes, and what must be read alike",
  body: "the body, byte for byte",
} as const;

/** What must hold of every answer to the caller. */
export const ANSWER_RULES = {
  "answer-syntax": "strictly an HTTP/1.1 answer",
  answered: "a whole request is answered in time",
  "status-500": "nothing that a caller sends makes the gateway fail",
  problem: "the gateway's own errors are problem+json with type, title, status, code and correlationId",
  secret: "no token and no secret",
  "internal-address": "no internal address",
  "stack-trace": "no stack trace",
  "relayed-header":
    "no cookie, hop-by-hop field, challenge or server identity of the downstream API, nothing that speaks for a whole origin, nothing that opens shared caches",
  "relayed-body": "the downstream API's status and body, byte for byte",
  location: "leads the client where the downstream API's leads",
} as const;

/** What must hold of the gateway's process. */
export const PROCESS_RULES = {
  "worker-restart": "the worker is the one that was started",
  unhandled: "nothing escaped a handler",
  memory: "memory stays flat",
} as const;

export const RULES = { ...REQUEST_RULES, ...ANSWER_RULES, ...PROCESS_RULES };
export type Rule = keyof typeof RULES;

/** A rule that did not hold, and what was seen instead. */
export interface Breach {
  readonly rule: Rule;
  readonly seen: string;
}
