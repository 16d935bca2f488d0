import { createHash } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { INetworkModule, NetworkResponse } from "@azure/msal-node";
import { ConfidentialClientApplication } from "@azure/msal-node";
import type { ValidatedAssertion } from "../../shared/inbound/userTokenValidator.ts";
import { CLIENT, LIFE_MS, SCOPE, TENANT, tokenText } from "./users.ts";

const MS_PER_SECOND = 1000;
const AUTHORITY = `https://login.example/${TENANT}`;
const METADATA = {
  issuer: `${AUTHORITY}/v2.0`,
  authorization_endpoint: `${AUTHORITY}/oauth2/v2.0/authorize`,
  token_endpoint: `${AUTHORITY}/oauth2/v2.0/token`,
  end_session_endpoint: `${AUTHORITY}/oauth2/v2.0/logout`,
  jwks_uri: `${AUTHORITY}/discovery/v2.0/keys`,
};

/** The token endpoint, in this process: what is measured is MSAL, not a network. */
export class TokenEndpoint implements INetworkModule {
  requests = 0;
  user: Pick<ValidatedAssertion, "userId"> = { userId: "" };
  readonly #latencyMs: number;

  constructor(latencyMs = 0) {
    this.#latencyMs = latencyMs;
  }

  async sendGetRequestAsync<T>(): Promise<NetworkResponse<T>> {
    return { headers: {}, body: METADATA as T, status: 200 };
  }

  async sendPostRequestAsync<T>(): Promise<NetworkResponse<T>> {
    this.requests++;
    if (this.#latencyMs > 0) await delay(this.#latencyMs);
    const body = {
      token_type: "Bearer",
      scope: SCOPE,
      expires_in: LIFE_MS / MS_PER_SECOND,
      access_token: tokenText(),
      client_info: encode({ uid: this.user.userId, utid: TENANT }),
      id_token: `${encode({ alg: "none" })}.${encode(idTokenClaims(this.user.userId))}.`,
    };
    return { headers: {}, body: body as T, status: 200 };
  }
}

function idTokenClaims(userId: string): object {
  return { oid: userId, tid: TENANT, sub: userId, preferred_username: `${userId}@contoso.example`, ver: "2.0" };
}

function encode(claims: object): string {
  return Buffer.from(JSON.stringify(claims)).toString("base64url");
}

/** One client for all users: the way MSAL's documentation keeps tokens. */
export function msalClient(network: TokenEndpoint): ConfidentialClientApplication {
  return new ConfidentialClientApplication({
    auth: { clientId: CLIENT, authority: AUTHORITY, knownAuthorities: ["login.example"], clientSecret: "unused" },
    system: { networkClient: network },
  });
}

export function msalToken(client: ConfidentialClientApplication, user: ValidatedAssertion) {
  return client.acquireTokenOnBehalfOf({ oboAssertion: user.assertion.reveal(), scopes: [SCOPE] });
}

/**
 * Fills MSAL's cache with what it would hold for these users. Asking it for each costs time in the square of their
 * number, so it is asked for the first; the others' entries are made of that one, through MSAL's own serialized form.
 * @throws Error when it does not find the last of them afterwards.
 */
export async function fillMsal(
  client: ConfidentialClientApplication,
  network: TokenEndpoint,
  users: readonly ValidatedAssertion[],
): Promise<void> {
  const [first] = users;
  const last = users.at(-1);
  if (first === undefined || last === undefined) return;
  network.user = first;
  const answer = await msalToken(client, first);
  const cache = client.getTokenCache();
  const pattern = JSON.parse(cache.serialize()) as Record<string, Record<string, unknown>>;
  const whole: Record<string, Record<string, unknown>> = structuredClone(pattern);
  const firstHash = assertionHash(first);
  for (const user of users.slice(1)) {
    const forUser = (text: string): string =>
      text
        .replaceAll(first.userId, user.userId)
        .replaceAll(firstHash, assertionHash(user))
        .replaceAll(answer?.accessToken ?? firstHash, tokenText());
    for (const [kind, entries] of Object.entries(pattern)) {
      for (const [key, entry] of Object.entries(entries)) {
        const kindOfAll = whole[kind];
        if (kindOfAll !== undefined) kindOfAll[forUser(key)] = JSON.parse(forUser(JSON.stringify(entry)));
      }
    }
  }
  cache.deserialize(JSON.stringify(whole));
  const { requests } = network;
  await msalToken(client, last);
  if (network.requests !== requests) throw new Error("MSAL does not find the tokens put into its cache.");
}

function assertionHash(user: ValidatedAssertion): string {
  return createHash("sha256").update(user.assertion.reveal()).digest("base64url");
}
