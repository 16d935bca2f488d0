/**
 * The OAuth error code and HTTP status that go with an AADSTS code.
 * Sources: learn.microsoft.com/entra/identity-platform/reference-error-codes, and, for 700021, 700023 and 50027, the Azure
 * SDK's "Troubleshoot ClientAssertionCredential"; for 70021x, the workload identity documentation; for 7000214 and 7000277,
 * Microsoft.Identity.Web's list of certificate errors; for 500131, 50173,
 * 700025, 70025 and 1002012, answers of Entra ID quoted in public issues.
 */
const KNOWN: Readonly<Record<number, readonly [error: string, status: number, suberror?: string]>> = {
  28000: ["invalid_request", 400], // more than one resource
  50013: ["invalid_grant", 400], // assertion not valid
  50027: ["invalid_request", 400], // malformed JWT
  50034: ["invalid_grant", 400], // no such user
  50049: ["invalid_instance", 400], // unknown host
  50057: ["invalid_grant", 400], // user disabled
  50059: ["invalid_request", 400], // no tenant to be found
  50076: ["interaction_required", 400], // multi-factor authentication needed
  50079: ["interaction_required", 400], // multi-factor enrolment needed
  50126: ["invalid_grant", 400], // wrong password
  50173: ["invalid_grant", 400], // sign-in revoked
  50194: ["invalid_request", 400], // not a multi-tenant app
  50196: ["invalid_grant", 400], // client loop
  53003: ["interaction_required", 400], // blocked by Conditional Access
  65001: ["invalid_grant", 400, "consent_required"], // consent missing
  70003: ["unsupported_grant_type", 400],
  70011: ["invalid_scope", 400],
  70025: ["invalid_client", 401], // no federated credential at all
  90002: ["invalid_request", 400], // no such tenant
  90014: ["invalid_request", 400], // required field missing
  90033: ["temporarily_unavailable", 503],
  90100: ["invalid_request", 400], // parameter empty or not valid
  500011: ["invalid_resource", 400], // no such resource in the tenant
  500131: ["invalid_grant", 400], // the assertion is for another app
  500133: ["invalid_grant", 400], // assertion outside its time
  700016: ["unauthorized_client", 400], // no such app in the tenant
  700021: ["invalid_client", 401], // iss or sub of the client assertion
  700023: ["invalid_client", 401], // aud of the client assertion
  700024: ["invalid_client", 401], // client assertion outside its time
  700025: ["invalid_client", 401], // a public client that proves itself
  700027: ["invalid_client", 401], // certificate not registered, or bad signature
  700211: ["invalid_client", 401], // federated: issuer
  700212: ["invalid_client", 401], // federated: audience
  700213: ["invalid_client", 401], // federated: subject
  900144: ["invalid_request", 400], // parameter missing
  900561: ["invalid_request", 405], // only POST
  1000502: ["invalid_client", 401], // certificate outside its time
  1002012: ["invalid_scope", 400], // client credentials without .default
  7000114: ["invalid_grant", 400], // app-only assertion
  7000214: ["invalid_client", 401], // certificate revoked
  7000215: ["invalid_client", 401], // wrong secret
  7000218: ["invalid_client", 401], // no credential
  7000222: ["invalid_client", 401], // secret expired
  7000277: ["invalid_client", 401], // certificate revoked
  9002313: ["invalid_request", 400], // malformed request
};

export interface RefusalDetails {
  readonly error?: string | undefined;
  readonly status?: number | undefined;
  readonly suberror?: string | undefined;
  /** The claims challenge, as JSON text. */
  readonly claims?: string | undefined;
}

/** A request refused as Entra ID refuses it. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly aadsts: number;
  readonly error: string;
  readonly status: number;
  readonly suberror: string | undefined;
  readonly claims: string | undefined;

  constructor(aadsts: number, message: string, details: RefusalDetails = {}) {
    super(message);
    const [error, status, suberror] = KNOWN[aadsts] ?? ["invalid_grant", 400];
    this.aadsts = aadsts;
    this.error = details.error ?? error;
    this.status = details.status ?? status;
    this.suberror = details.suberror ?? suberror;
    this.claims = details.claims;
  }
}

/** The body of an error answer: learn.microsoft.com/entra/identity-platform/reference-error-codes#handling-error-codes-in-your-application. */
export function errorBody(
  refusal: Refusal,
  ids: { url: string; traceId: string; correlationId: string; nowMs: number },
) {
  const timestamp = `${new Date(ids.nowMs).toISOString().slice(0, 19).replace("T", " ")}Z`;
  return {
    error: refusal.error,
    error_description: `AADSTS${refusal.aadsts}: ${refusal.message} Trace ID: ${ids.traceId} Correlation ID: ${ids.correlationId} Timestamp: ${timestamp}`,
    error_codes: [refusal.aadsts],
    timestamp,
    trace_id: ids.traceId,
    correlation_id: ids.correlationId,
    error_uri: `${ids.url}/error?code=${refusal.aadsts}`,
    ...(refusal.suberror === undefined ? {} : { suberror: refusal.suberror }),
    ...(refusal.claims === undefined ? {} : { claims: refusal.claims }),
  };
}
