/** Where a policy stands: what `context.LastError` tells besides the error itself. */
export interface ErrorPlace {
  /** The policy's name. */
  readonly policy: string;
  readonly scope: string;
  readonly section: string;
  readonly path: string;
  readonly policyId: string | undefined;
}

export interface GatewayErrorDetails {
  /** The built-in step (`configuration`, `authorization`); left out, the policy in which it happened. */
  readonly source?: string;
  readonly reason: string;
  /** `context.LastError.Message`. */
  readonly message: string;
  /** HTTP status of the answer, unless on-error gives another. */
  readonly status: number;
  /** What the caller reads, where that is not the message. */
  readonly publicMessage?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The response that is there already is the answer, not one made of this error. */
  readonly keepResponse?: boolean;
  readonly cause?: unknown;
}

/**
 * An error that jumps to on-error.
 * Reasons are those of learn.microsoft.com/azure/api-management/api-management-error-handling-policies.
 */
export class GatewayError extends Error {
  override readonly name = "GatewayError";
  readonly details: GatewayErrorDetails;
  /** Set by the first policy that the error passes through. */
  place: ErrorPlace | undefined;

  constructor(details: GatewayErrorDetails) {
    super(details.message, { cause: details.cause });
    this.details = details;
  }

  get source(): string {
    return this.details.source ?? this.place?.policy ?? "";
  }
}

/** What callers read of an error that is none of theirs. */
export const INTERNAL_SERVER_ERROR = "Internal server error";

export function internalError(reason: string, message: string, cause?: unknown): GatewayError {
  return new GatewayError({ reason, message, status: 500, publicMessage: INTERNAL_SERVER_ERROR, cause });
}

/** The caller has left before there was an answer. */
export function clientGone(cause?: unknown): GatewayError {
  return internalError("ClientConnectionFailure", "The caller closed the connection.", cause);
}

/** The message of an exception, whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
