import { createHash } from "node:crypto";
import type { DownstreamApiSettings } from "../config/settings.ts";
import type { ValidatedAssertion } from "../inbound/validatedAssertion.ts";

const LENGTH_BYTES = 4;

/**
 * The name under which a user's token B is cached: SHA-256 over everything that decides which token it is, token A
 * included, each part with its length before it, so that no two lists of parts run together. It reveals none of them.
 * Claims are a part only where there are some: none and empty ones are not the same.
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
  if (claims !== undefined) add(claims);
  return hash.digest("base64url");
}
