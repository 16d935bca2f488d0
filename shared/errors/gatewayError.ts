import type { ErrorCode } from "./catalogue.ts";
import type { ChallengeParameters } from "./challenge.ts";

/** Members of the problem beyond type, title, status, detail, code and correlationId (RFC 9457, 3.2). */
export interface ProblemMembers {
  /** The claims to ask for at the next sign-in, as JSON text. */
  readonly claims?: string;
  readonly scopes?: readonly string[];
  readonly consentUri?: string;
  /** Entra ID's numbers (AADSTS...), and the ids under which its own logs hold the failure. */
  readonly errorCodes?: readonly number[];
  readonly traceId?: string;
  /** Whole seconds. */
  readonly retryAfter?: number;
}

export interface GatewayErrorOptions {
  /** For the log alone: what happened and how to cure it. Never a token or a secret. */
  readonly diagnosis?: string;
  readonly members?: ProblemMembers;
  /** Sent as `WWW-Authenticate: Bearer ...` (RFC 6750, 3). */
  readonly challenge?: ChallengeParameters;
  /** Sent as `Allow` (RFC 9110, 10.2.1). */
  readonly allow?: readonly string[];
  readonly cause?: unknown;
}

/**
 * A failure that the caller is told of. `message` is for the caller's developer: it names no internal address, no
 * credential and nothing of another user. What the operator needs goes into `diagnosis`.
 */
export abstract class GatewayError extends Error {
  abstract readonly code: ErrorCode;
  readonly diagnosis: string | undefined;
  readonly members: ProblemMembers;
  readonly challenge: ChallengeParameters | undefined;
  readonly allow: readonly string[] | undefined;

  constructor(message: string, options: GatewayErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.diagnosis = options.diagnosis;
    this.members = options.members ?? {};
    this.challenge = options.challenge;
    this.allow = options.allow;
  }
}
