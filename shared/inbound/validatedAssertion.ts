import type { JWTPayload } from "jose";
import type { Secret } from "../secret.ts";

/** Token A after validation: the only form in which the rest of the gateway sees it. */
export interface ValidatedAssertion {
  readonly assertion: Secret;
  readonly claims: Readonly<JWTPayload>;
  readonly tenantId: string;
  /** The user: `oid`, unique within the tenant. */
  readonly userId: string;
  /** The client app that the token was issued to: `azp` (v2.0) or `appid` (v1.0). */
  readonly clientAppId: string | undefined;
  readonly scopes: readonly string[];
  readonly expiresOnMs: number;
}
