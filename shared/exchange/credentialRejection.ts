import type { RejectionTraits } from "../credentials/credentialRejectedError.ts";
import { ENTRA_ERRORS } from "./entraErrors.ts";

const INVALID_CLIENT = "invalid_client";

/**
 * The client assertion is outside its time. As each is signed anew, or renewed before it ends, this machine's clock is
 * wrong: a newer certificate would be refused just the same, while a secret, or a token of the managed identity, works.
 */
const OUTSIDE_ITS_TIME = 700024;

/**
 * Codes that are about the credential and nothing else: another credential of the app may work. Sources: the list of
 * codes that is named in `ENTRA_ERRORS`; for certificates, Microsoft.Identity.Web's list of errors after which it loads
 * the certificate anew (700024, 700027, 7000214, 7000274, 7000277, 1000502); for 70021 and those that begin with it, Azure's
 * workload identity documentation and issues. They come as `invalid_client`, federated ones as `invalid_request` too.
 */
const CREDENTIAL: ReadonlySet<number> = new Set([
  70002,
  70021,
  70025,
  700021,
  700023,
  OUTSIDE_ITS_TIME,
  700027,
  700030,
  700211,
  700212,
  700213,
  1000502,
  7000214,
  7000215,
  7000222,
  7000274,
  7000277,
  7002131,
  7002137,
  7002138,
]);

/**
 * Whether Entra ID's error rejects the client credential. Not where it is about the app, whose every credential would
 * meet the same (700016: unknown; 7000112: disabled; 7000229: not in the user's tenant), nor where it may be about token A.
 * An unknown code with `invalid_client` may well be about the credential, but that is not certain.
 */
export function credentialRejection(error: string, codes: readonly number[]): RejectionTraits | undefined {
  if (codes.some((code) => CREDENTIAL.has(code))) {
    return { certain: true, newerMayCure: !codes.includes(OUTSIDE_ITS_TIME) };
  }
  const known = codes.some((code) => ENTRA_ERRORS.has(code));
  return error === INVALID_CLIENT && !known ? { certain: false, newerMayCure: true } : undefined;
}
