import { createSecureContext, rootCertificates } from "node:tls";
import { Agent } from "undici";

/** What all outgoing calls go through. `trustedCa`: PEM of a CA to trust besides the usual ones. */
export function createDispatcher(trustedCa: string | undefined): Agent {
  if (trustedCa === undefined) return new Agent();
  return new Agent({ connect: { secureContext: createSecureContext({ ca: [...rootCertificates, trustedCa] }) } });
}
