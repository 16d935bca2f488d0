/** What this API says of itself in each challenge. */
export interface ChallengeSource {
  /** Base URL of Entra ID, without a slash at the end. */
  readonly entraUrl: string;
  /** Application id of this API. */
  readonly clientId: string;
}

/** A `WWW-Authenticate` value (RFC 6750, 3) with the parameters that APIs of Microsoft put in front. */
export function bearerChallenge(
  { entraUrl, clientId }: ChallengeSource,
  parameters: Readonly<Record<string, string>> = {},
): string {
  const all = {
    realm: "",
    authorization_uri: `${entraUrl}/common/oauth2/authorize`,
    client_id: clientId,
    ...parameters,
  };
  // RFC 9110, 5.6.4: in a quoted-string, quote and backslash are escaped.
  const pairs = Object.entries(all).map(([name, value]) => `${name}="${value.replaceAll(/["\\]/g, "\\$&")}"`);
  return `Bearer ${pairs.join(", ")}`;
}
