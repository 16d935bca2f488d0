import type { JWTPayload } from "jose";
import { Refusal } from "./errors.ts";

/** A client assertion, of the client itself or of another issuer, that is not valid yet or no more. */
export function outsideItsTime({ nbf = 0, exp = 0 }: JWTPayload, nowMs: number): Refusal {
  const time = (ms: number): string => new Date(ms).toISOString();
  return new Refusal(
    700024,
    `Client assertion is not within its valid time range. Current time: ${time(nowMs)}, assertion valid from ${time(nbf * 1000)}, expiry time of assertion ${time(exp * 1000)}. Review the documentation at https://learn.microsoft.com/entra/identity-platform/certificate-credentials`,
  );
}
