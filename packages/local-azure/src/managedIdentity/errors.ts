import { randomUUID } from "node:crypto";
import type { OutgoingHttpHeaders } from "node:http";

/**
 * A refusal in the form that App Service's endpoint gives it. Of the wordings, that for an identity that is not assigned is the
 * original's (public issues of the Azure SDKs quote it); the others are not documented.
 */
export class ManagedIdentityError extends Error {
  override readonly name = "ManagedIdentityError";
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;

  constructor(status: number, message: string, headers: OutgoingHttpHeaders = {}) {
    super(message);
    this.status = status;
    this.headers = headers;
  }

  get body(): object {
    return { statusCode: this.status, message: this.message, correlationId: randomUUID() };
  }
}

/** @param named whether the request names an identity. */
export function notAssigned(named: boolean): ManagedIdentityError {
  const which = named ? "No User Assigned or Delegated Managed Identity" : "No Managed Identity";
  return new ManagedIdentityError(400, `${which} found for specified ClientId/ResourceId/PrincipalId.`);
}

export function throttled(retryAfterSeconds: number | undefined): ManagedIdentityError {
  const headers = retryAfterSeconds === undefined ? {} : { "retry-after": String(retryAfterSeconds) };
  return new ManagedIdentityError(429, "Too many requests.", headers);
}
