import {
  decodeJwt,
  decodeProtectedHeader,
  errors,
  type JWTPayload,
  jwtVerify,
  type ProtectedHeaderParameters,
} from "jose";
import { outsideItsTime } from "./assertionTime.ts";
import { type ClientProof, isFederated } from "./clientProof.ts";
import type { Context } from "./context.ts";
import type { AppRegistration, RegisteredCertificate } from "./directory.ts";
import { Refusal } from "./errors.ts";
import { verifyFederatedAssertion } from "./federatedAssertion.ts";
import type { Form } from "./form.ts";
import type { Realm } from "./realm.ts";
import { refuseReplay } from "./replay.ts";

const ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
// Entra ID allows clocks to differ by five minutes.
const CLOCK_TOLERANCE_S = 300;
// Microsoft recommends 5 to 10 minutes and documents no maximum; whoever signs for longer than a day has made a mistake.
const MAX_LIFETIME_S = 86_400;

/**
 * Verifies a client assertion signed with a certificate's key.
 * Format: learn.microsoft.com/entra/identity-platform/certificate-credentials. Codes: "Troubleshoot ClientAssertionCredential"
 * of the Azure SDK (700021, 700023, 50027) and Microsoft.Identity.Web's list of certificate errors (700024, 700027, 1000502).
 */
export async function verifyClientAssertion(
  context: Context,
  realm: Realm,
  client: AppRegistration,
  form: Form,
): Promise<ClientProof> {
  if (form.require("client_assertion_type") !== ASSERTION_TYPE)
    throw new Refusal(90100, "client_assertion_type parameter is empty or not valid.");
  const assertion = form.require("client_assertion");
  const { header, payload } = decode(assertion);
  if (isFederated(payload.iss ?? "")) return verifyFederatedAssertion(context, client, assertion);

  const { algorithm, certificate, thumbprint } = chooseCertificate(client, header);
  const nowMs = context.now();
  if (certificate.revokedWith !== undefined)
    throw new Refusal(
      certificate.revokedWith,
      `The certificate used to sign the client assertion has been revoked. Thumbprint of key used by client: '${hex(thumbprint)}'.`,
    );
  if (nowMs < certificate.notBeforeMs || certificate.notAfterMs <= nowMs)
    throw new Refusal(
      1000502,
      `The provided certificate is not within its specified validity window. Thumbprint of key used by client: '${hex(thumbprint)}'.`,
    );
  try {
    await jwtVerify(assertion, certificate.publicKey, {
      algorithms: [algorithm],
      issuer: client.clientId,
      subject: client.clientId,
      requiredClaims: ["aud", "exp"],
      clockTolerance: CLOCK_TOLERANCE_S,
      currentDate: new Date(nowMs),
    });
  } catch (error) {
    throw translate(error, payload, nowMs, thumbprint);
  }
  if (typeof payload.aud !== "string" || !acceptedAudiences(context.url, realm).includes(payload.aud))
    throw new Refusal(700023, "Client assertion audience claim does not match Realm issuer.");
  if ((payload.exp ?? 0) - (payload.nbf ?? nowMs / 1000) > MAX_LIFETIME_S) throw outsideItsTime(payload, nowMs);
  if (context.directory.settings.refuseReplayedClientAssertions) refuseReplay(context, payload);
  return { kind: "certificate", thumbprint };
}

function decode(assertion: string): { header: ProtectedHeaderParameters; payload: JWTPayload } {
  try {
    return { header: decodeProtectedHeader(assertion), payload: decodeJwt(assertion) };
  } catch {
    throw malformed();
  }
}

interface ChosenCertificate {
  readonly algorithm: "PS256" | "RS256";
  readonly certificate: RegisteredCertificate;
  readonly thumbprint: string;
}

/** The header names the certificate by its thumbprint. Certificates it carries itself (`x5c`) are worth nothing here. */
function chooseCertificate(client: AppRegistration, header: ProtectedHeaderParameters): ChosenCertificate {
  const { alg: algorithm, x5t } = header;
  const x5tS256 = header["x5t#S256"];
  if (algorithm !== "PS256" && algorithm !== "RS256") throw malformed();
  const thumbprint = algorithm === "PS256" ? x5tS256 : x5t;
  if (typeof thumbprint !== "string") throw malformed();
  const certificate = client.certificates.find(
    ({ thumbprintSha256, thumbprintSha1 }) =>
      thumbprint === (algorithm === "PS256" ? thumbprintSha256 : thumbprintSha1),
  );
  if (certificate === undefined)
    throw new Refusal(
      700027,
      `The certificate with identifier used to sign the client assertion is not registered on application. [Reason - The key was not found., Thumbprint of key used by client: '${hex(thumbprint)}', Please visit the Azure Portal, Graph Explorer or directly use MS Graph to see configured keys for app Id '${client.clientId}'.]`,
    );
  return { algorithm, certificate, thumbprint };
}

/** The token endpoint, or the issuer, under the names that the tenant goes by. */
function acceptedAudiences(url: string, realm: Realm): string[] {
  const names = typeof realm === "string" ? [realm] : [realm.id, realm.domain];
  return names.flatMap((name) => [`${url}/${name}/oauth2/v2.0/token`, `${url}/${name}/v2.0`]);
}

function translate(error: unknown, payload: JWTPayload, nowMs: number, thumbprint: string): unknown {
  if (error instanceof errors.JWSSignatureVerificationFailed)
    return new Refusal(
      700027,
      `Client assertion failed signature validation. [Reason - Key was found, but use of the key to verify the signature failed., Thumbprint of key used by client: '${hex(thumbprint)}'.]`,
    );
  if (error instanceof errors.JWTExpired) return outsideItsTime(payload, nowMs);
  if (error instanceof errors.JWTClaimValidationFailed) {
    if (error.claim === "nbf") return outsideItsTime(payload, nowMs);
    if (error.claim === "iss" || error.claim === "sub")
      return new Refusal(700021, "Client assertion application identifier doesn't match 'client_id' parameter.");
    return malformed();
  }
  return error instanceof errors.JOSEError ? malformed() : error;
}

/** As Entra ID shows thumbprints: what the portal lists, and the assertion's header has in base64url. */
function hex(thumbprint: string): string {
  return Buffer.from(thumbprint, "base64url").toString("hex").toUpperCase();
}

function malformed(): Refusal {
  return new Refusal(50027, "JWT token is invalid or malformed.");
}
