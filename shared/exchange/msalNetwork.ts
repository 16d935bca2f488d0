import type { INetworkModule, NetworkRequestOptions, NetworkResponse } from "@azure/msal-node";
import type { HttpClient, HttpClientResponse } from "../http/httpClient.ts";
import { HttpTimeoutError } from "../http/httpClient.ts";
import { tokenAnswer } from "./tokenAnswer.ts";
import { TokenRequestError } from "./tokenRequestError.ts";

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
