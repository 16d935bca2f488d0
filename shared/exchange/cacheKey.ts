import { createHash } from "node:crypto";
import type { DownstreamApiSettings } from "../config/settings.ts";
import type { ValidatedAssertion } from "../inbound/validatedAssertion.ts";

const LENGTH_BYTES = 4;

/**
 * The name under which a user's token B is cached: SHA-256 over everything that decides which token it is, token A
 * included, each part with its length before it, so that no two lists of parts run together. It reveals none of them.
 */
export function cacheKey(
  user: ValidatedAssertion,
  api: DownstreamApiSettings,
  clientId: string,
  claims: string | undefined,
): string {
  const hash = createHash("sha256");
  const length = Buffer.allocUnsafe(LENGTH_BYTES);
  const add = (part: string): void => {
    length.writeUInt32BE(Buffer.byteLength(part));
    hash.update(length).update(part);
  };
  add(user.tenantId);
  add(clientId);
  add(user.assertion.reveal());
  add(api.name);
  add([...api.scopes].sort().join(" "));
  add(claims ?? "");
  return hash.digest("base64url");
}
