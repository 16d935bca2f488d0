/** What a failure of the token request means for the caller. */
export type FailureKind =
  | "interaction_required"
  | "consent_required"
  | "invalid_token"
  | "gateway_misconfigured"
  | "throttled"
  | "identity_provider_unavailable";

/** One row: an AADSTS code, what it becomes, and a sentence for whoever reads the log. */
export interface EntraError {
  readonly kind: FailureKind;
  readonly explanation: string;
}

/**
 * The AADSTS codes a middle tier meets (Microsoft, "Microsoft Entra authentication and authorization error codes").
 * docs/errors.md holds the same table, tested.
 */
export const ENTRA_ERRORS: ReadonlyMap<number, EntraError> = new Map([
  [
    50076,
    row("interaction_required", "Multi-factor authentication is demanded by policy or because of a new location."),
  ],
  [50079, row("interaction_required", "The user must enrol for multi-factor authentication.")],
  [50074, row("interaction_required", "Strong authentication is required.")],
  [53000, row("interaction_required", "Conditional Access demands a compliant device.")],
  [53001, row("interaction_required", "Conditional Access demands a domain-joined device.")],
  [53003, row("interaction_required", "Conditional Access blocks the issuing of the token.")],
  [50005, row("interaction_required", "Conditional Access does not know the user's device platform.")],
  [50055, row("interaction_required", "The user's password expired.")],
  [50058, row("interaction_required", "The user's session is not enough for a silent sign-in.")],
  [50078, row("interaction_required", "The user's multi-factor authentication expired.")],
  [50173, row("interaction_required", "The user's sign-in was revoked, after a change of password for example.")],
  [70043, row("interaction_required", "The user's sign-in is older than the sign-in frequency policy allows.")],
  [65001, row("consent_required", "Neither the user nor an administrator consented to the downstream API's scopes.")],
  [65004, row("consent_required", "The user declined to consent.")],
  [50013, row("invalid_token", "The assertion is invalid: its signature, audience, issuer or time is not accepted.")],
  [500133, row("invalid_token", "The assertion is not within its valid time range.")],
  [50014, row("invalid_token", "The user's sign-in is no longer within its maximum time.")],
  [50020, row("invalid_token", "The user is not a member or guest of this tenant.")],
  [50034, row("invalid_token", "The user does not exist in this tenant.")],
  [50057, row("invalid_token", "The user's account is disabled.")],
  [700082, row("invalid_token", "The user's sign-in expired because it was not used.")],
  [
    70011,
    row("gateway_misconfigured", "A scope of the downstream API does not exist: check DownstreamApis__<name>__Scopes."),
  ],
  [28000, row("gateway_misconfigured", "The scopes belong to several APIs: give each downstream API its own.")],
  [
    500011,
    row(
      "gateway_misconfigured",
      "The downstream API is not known in the tenant: check its scopes, or create its service principal.",
    ),
  ],
  [
    700016,
    row("gateway_misconfigured", "The app is not known in the tenant: check AzureAd__ClientId and AzureAd__TenantId."),
  ],
  [90002, row("gateway_misconfigured", "The tenant does not exist: check AzureAd__TenantId.")],
  [7000112, row("gateway_misconfigured", "The app is disabled in the tenant.")],
  [7000114, row("gateway_misconfigured", "The app may not act on behalf of users: check its registration.")],
  [
    7000229,
    row(
      "gateway_misconfigured",
      "The app has no service principal in the user's tenant: an administrator there must consent to it.",
    ),
  ],
  [7000218, row("gateway_misconfigured", "The request carried no client credential.")],
  [
    70002,
    row("gateway_misconfigured", "The client secret is wrong: use its value, not its id, and check for a newer one."),
  ],
  [
    7000215,
    row("gateway_misconfigured", "The client secret is wrong: use its value, not its id, and check for a newer one."),
  ],
  [7000222, row("gateway_misconfigured", "The client secret expired: create a new one and put it in place.")],
  [7000214, row("gateway_misconfigured", "The certificate was revoked: create a new version and register it.")],
  [7000277, row("gateway_misconfigured", "The certificate was revoked: create a new version and register it.")],
  [
    7000274,
    row("gateway_misconfigured", "The certificate is not within its validity: create a new version and register it."),
  ],
  [
    1000502,
    row("gateway_misconfigured", "The certificate expired, or is not valid yet: create a new version and register it."),
  ],
  [700027, row("gateway_misconfigured", "The certificate is not registered for the app: upload its public part.")],
  [
    700030,
    row(
      "gateway_misconfigured",
      "The certificate's subject, or its issuer's cloud, is not allowed for the app: check what it trusts.",
    ),
  ],
  [700024, row("gateway_misconfigured", "The client assertion is outside its time: check this machine's clock.")],
  [700021, row("gateway_misconfigured", "The client assertion's issuer or subject is not the app.")],
  [700023, row("gateway_misconfigured", "The client assertion's audience is not this token endpoint.")],
  [
    70025,
    row("gateway_misconfigured", "The app trusts no managed identity: add a federated credential to its registration."),
  ],
  [
    70021,
    row(
      "gateway_misconfigured",
      "No federated credential of the app matches the managed identity: compare issuer, subject and audience.",
    ),
  ],
  [
    700211,
    row(
      "gateway_misconfigured",
      "No federated credential of the app has this issuer: it must be the managed identity's tenant.",
    ),
  ],
  [
    700212,
    row(
      "gateway_misconfigured",
      "No federated credential of the app has this audience: compare it with AzureAd__ClientCredentials__n__TokenExchangeUrl.",
    ),
  ],
  [
    700213,
    row(
      "gateway_misconfigured",
      "No federated credential of the app has this subject: it must be the managed identity's object (principal) id.",
    ),
  ],
  [
    7002131,
    row(
      "gateway_misconfigured",
      "No federated credential of the app has this subject: it must be the managed identity's object (principal) id.",
    ),
  ],
  [
    7002137,
    row(
      "gateway_misconfigured",
      "No federated credential of the app has this subject: it must be the managed identity's object (principal) id.",
    ),
  ],
  [
    7002138,
    row("gateway_misconfigured", "No federated credential of the app has this subject letter by letter: case counts."),
  ],
  [50196, row("throttled", "Entra ID sees the same request in a loop and stops it.")],
  [90033, row("identity_provider_unavailable", "A transient fault of Entra ID.")],
]);

function row(kind: FailureKind, explanation: string): EntraError {
  return { kind, explanation };
}

const BY_ERROR: Readonly<Record<string, FailureKind>> = {
  interaction_required: "interaction_required",
  login_required: "interaction_required",
  consent_required: "consent_required",
  invalid_grant: "invalid_token",
  invalid_client: "gateway_misconfigured",
  unauthorized_client: "gateway_misconfigured",
  invalid_scope: "gateway_misconfigured",
  invalid_resource: "gateway_misconfigured",
  invalid_request: "gateway_misconfigured",
  unsupported_grant_type: "gateway_misconfigured",
  temporarily_unavailable: "identity_provider_unavailable",
  server_error: "identity_provider_unavailable",
};

/** What an OAuth error means, by its first known AADSTS code, else by its suberror or name. Undefined: none we know. */
export function failureKind(
  error: string,
  suberror: string | undefined,
  codes: readonly number[],
): FailureKind | undefined {
  const known = codes.map((code) => ENTRA_ERRORS.get(code)).find((entry) => entry !== undefined);
  if (known !== undefined) return known.kind;
  if (suberror === "consent_required") return "consent_required";
  return BY_ERROR[error];
}

/** Microsoft's own page for any code. */
const LOOKUP = "https://login.microsoftonline.com/error?code=";

/** The sentences for the log, or Entra ID's own word where we have none. */
export function explain(error: string, codes: readonly number[]): string {
  const sentences = codes.map(
    (code) => `AADSTS${code}: ${ENTRA_ERRORS.get(code)?.explanation ?? `look it up at ${LOOKUP}${code} .`}`,
  );
  return sentences.length === 0 ? `Entra ID answered ${error}.` : sentences.join(" ");
}
