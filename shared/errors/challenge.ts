/** Parameters of a Bearer challenge: RFC 6750, 3, and for `claims` Microsoft's "Claims challenges". */
export interface ChallengeParameters {
  readonly error?: "invalid_request" | "invalid_token" | "insufficient_scope" | "insufficient_claims";
  readonly errorDescription?: string;
  readonly scope?: readonly string[];
  /** JSON text; sent in base64, as MSAL clients expect it. */
  readonly claims?: string;
  readonly consentUri?: string;
}

/** Where this API's users sign in, and the API's own app id. The same for every challenge. */
export interface ChallengeRealm {
  readonly authorizationUri: string;
  readonly clientId: string;
}

/** The value of `WWW-Authenticate`. */
export function bearerChallenge(parameters: ChallengeParameters, realm: ChallengeRealm | undefined): string {
  const all: (readonly [name: string, value: string | undefined])[] = [
    ["realm", ""],
    ["authorization_uri", realm?.authorizationUri],
    ["client_id", realm?.clientId],
    ["error", parameters.error],
    ["error_description", parameters.errorDescription],
    ["scope", parameters.scope?.join(" ")],
    ["claims", parameters.claims === undefined ? undefined : Buffer.from(parameters.claims).toString("base64")],
    ["consentUri", parameters.consentUri],
    ["proposedAction", parameters.consentUri === undefined ? undefined : "consent"],
  ];
  const given = all.flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${quotedString(value)}`]));
  return `Bearer ${given.join(", ")}`;
}

/** RFC 9110, 5.6.4. What cannot stand in a field value at all (controls, beyond ASCII) becomes a question mark. */
function quotedString(value: string): string {
  return `"${value.replace(/[^\x20-\x7e]/g, "?").replace(/["\\]/g, "\\$&")}"`;
}
