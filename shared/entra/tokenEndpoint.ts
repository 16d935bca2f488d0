import type { INetworkModule, NetworkRequestOptions, NetworkResponse } from "@azure/msal-node";
import { AuthError } from "@azure/msal-node";
import * as z from "zod/mini";
import { B64_TOKEN } from "../net/headerFields.ts";
import type { HttpClient, HttpClientResponse } from "../net/httpClient.ts";
import { HttpTimeoutError } from "../net/httpClient.ts";

/**
 * MSAL's way to the network, through our HTTP client: with a time limit, with identical metadata requests merged (a
 * fresh process hit by many calls asks once), and with failures that say what happened (see TokenRequestError).
 */
export class MsalNetwork implements INetworkModule {
  readonly #http: HttpClient;
  readonly #underWay = new Map<string, Promise<HttpClientResponse>>();
  readonly #metadataFailures = new Map<string, TokenRequestError>();

  constructor(http: HttpClient) {
    this.#http = http;
  }

  async sendGetRequestAsync<T>(url: string, options?: NetworkRequestOptions): Promise<NetworkResponse<T>> {
    let answer = this.#underWay.get(url);
    if (answer === undefined) {
      answer = this.#send("GET", url, options).finally(() => this.#underWay.delete(url));
      this.#underWay.set(url, answer);
    }
    try {
      const { status, headers, body } = await answer;
      const found = metadata(url, status, body) as T;
      this.#metadataFailures.delete(url);
      return { status, headers: plain(headers), body: found };
    } catch (error) {
      if (error instanceof TokenRequestError) this.#metadataFailures.set(url, error);
      throw error;
    }
  }

  /** Why the metadata at this address could not be read: MSAL itself only says that it could not. */
  metadataFailure(url: string): TokenRequestError | undefined {
    return this.#metadataFailures.get(url);
  }

  async sendPostRequestAsync<T>(url: string, options?: NetworkRequestOptions): Promise<NetworkResponse<T>> {
    const { status, headers, body } = await this.#send("POST", url, options);
    const parsed = tokenAnswer(status, body);
    const retryAfter = headers["retry-after"];
    if (parsed.kind === "token") return { status, headers: plain(headers), body: parsed.answer as T };
    if (parsed.kind === "error")
      throw new TokenRequestError({ kind: "error", status, retryAfter, answer: parsed.answer });
    throw new TokenRequestError({ kind: "garbled", status, retryAfter, reason: parsed.reason });
  }

  async #send(method: "GET" | "POST", url: string, options: NetworkRequestOptions = {}): Promise<HttpClientResponse> {
    try {
      const { headers = {}, body } = options;
      return await this.#http({
        method,
        url,
        headers: { ...headers, ...correlation(options) },
        ...(body === undefined ? {} : { body }),
      });
    } catch (error) {
      throw new TokenRequestError(
        error instanceof HttpTimeoutError
          ? { kind: "timeout", limitMs: error.limitMs }
          : { kind: "unreachable", cause: error },
      );
    }
  }
}

// MSAL hands the request's correlation id along, but sends it in the body only; Entra ID's front end logs the header.
function correlation(options: NetworkRequestOptions): Record<string, string> {
  const id = "correlationId" in options ? options.correlationId : undefined;
  return typeof id === "string" && id !== "" ? { "client-request-id": id, "return-client-request-id": "true" } : {};
}

function metadata(url: string, status: number, body: string): unknown {
  try {
    if (status === 200) return JSON.parse(body);
  } catch {
    // Falls through to the same refusal as any other useless answer.
  }
  throw new TokenRequestError({
    kind: "garbled",
    status,
    retryAfter: undefined,
    reason: `HTTP ${status} without metadata at ${url}`,
  });
}

function plain(headers: HttpClientResponse["headers"]): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}

/** How a token request ended, when not with a token. */
export type TokenRequestOutcome =
  /** Entra ID's own error (RFC 6749, 5.2, with Microsoft's members). */
  | {
      readonly kind: "error";
      readonly status: number;
      readonly retryAfter: string | undefined;
      readonly answer: TokenErrorAnswer;
    }
  /** An HTTP answer that is not the protocol. */
  | {
      readonly kind: "garbled";
      readonly status: number;
      readonly retryAfter: string | undefined;
      readonly reason: string;
    }
  | { readonly kind: "timeout"; readonly limitMs: number }
  | { readonly kind: "unreachable"; readonly cause: unknown };

/**
 * Raised by our network client inside MSAL. MSAL passes errors of its own base class on untouched, and so never
 * comes to where it would write a refusal into its throttling cache, which would hit every other user of the scope.
 */
export class TokenRequestError extends AuthError {
  readonly outcome: TokenRequestOutcome;

  constructor(outcome: TokenRequestOutcome) {
    super(`token_request_${outcome.kind}`, "", "The token request failed.");
    // MSAL's constructor sets its own prototype.
    Object.setPrototypeOf(this, TokenRequestError.prototype);
    this.name = "TokenRequestError";
    this.outcome = outcome;
  }
}

/** RFC 6749, 5.1. What MSAL needs and no more: a refresh token is not even passed on, let alone kept. */
const success = z.object({
  token_type: z.string().check(z.regex(/^bearer$/i)),
  access_token: z.string().check(z.regex(B64_TOKEN)),
  expires_in: z.coerce.number().check(z.positive()),
  ext_expires_in: z.optional(z.coerce.number()),
  scope: z.optional(z.string()),
});

/** Members of another form than documented are not worth losing the error for. */
const perhaps = z.catch(z.optional(z.string()), undefined);

/** RFC 6749, 5.2, and "Handle errors: token endpoint" of the Microsoft identity platform. */
const failure = z.object({
  error: z.string().check(z.minLength(1)),
  error_codes: z.catch(z.array(z.number()), []),
  suberror: perhaps,
  timestamp: perhaps,
  trace_id: perhaps,
  claims: perhaps,
});

export type TokenSuccessAnswer = z.infer<typeof success>;
export type TokenErrorAnswer = z.infer<typeof failure>;

export type TokenAnswer =
  | { readonly kind: "token"; readonly answer: TokenSuccessAnswer }
  | { readonly kind: "error"; readonly answer: TokenErrorAnswer }
  | { readonly kind: "garbled"; readonly reason: string };

/** Reads the token endpoint's answer. Its text goes into no message: it may hold a token. */
export function tokenAnswer(status: number, body: string): TokenAnswer {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    return { kind: "garbled", reason: `HTTP ${status} with ${body.length} characters that are not JSON` };
  }
  const expected = status === 200 ? success : failure;
  const parsed = expected.safeParse(json);
  if (!parsed.success) {
    const wrong = parsed.error.issues.map(({ path }) => path.join(".") || "the whole").join(", ");
    return { kind: "garbled", reason: `HTTP ${status} with members missing or wrong: ${wrong}` };
  }
  return "error" in parsed.data ? { kind: "error", answer: parsed.data } : { kind: "token", answer: parsed.data };
}
