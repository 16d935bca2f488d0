import type { User } from "@obo-gateway/local-azure/entra/directory.ts";
import { Agent, request } from "undici";
import type { LocalAzure } from "../azure.ts";

export interface ClientAnswer {
  readonly status: number;
  readonly challenge: string | undefined;
  readonly body: unknown;
  readonly durationMs: number;
}

/** The app that users sign in to: it speaks to Entra ID and to the gateway as any client would. */
export class DemoClient {
  readonly #azure: LocalAzure;
  readonly #agent: Agent;

  constructor(azure: LocalAzure) {
    this.#azure = azure;
    this.#agent = new Agent({ connect: { ca: azure.authority.certificatePem } });
  }

  /**
   * Signs a user in and gives token A.
   * @throws Error with Entra ID's own words when it refuses.
   */
  async signIn(user: User, claims?: string): Promise<string> {
    const { seed, entra } = this.#azure;
    const form = new URLSearchParams({
      grant_type: "password",
      client_id: seed.client.clientId,
      username: user.userPrincipalName,
      password: user.password,
      scope: seed.scopes.gateway,
      ...(claims === undefined ? {} : { claims }),
    });
    const { statusCode, body } = await request(`${entra.url}/${seed.tenant.id}/oauth2/v2.0/token`, {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: form.toString(),
      dispatcher: this.#agent,
    });
    const answer = (await body.json()) as { access_token?: string; error_description?: string };
    if (statusCode !== 200 || answer.access_token === undefined) {
      throw new Error(`The sign-in of ${user.userPrincipalName} failed: ${answer.error_description ?? statusCode}`);
    }
    return answer.access_token;
  }

  async get(url: string, tokenA: string): Promise<ClientAnswer> {
    const startedMs = performance.now();
    const { statusCode, headers, body } = await request(url, {
      headers: { authorization: `Bearer ${tokenA}` },
      dispatcher: this.#agent,
    });
    const text = await body.text();
    return {
      status: statusCode,
      challenge: headers["www-authenticate"]?.toString(),
      body: text === "" ? undefined : JSON.parse(text),
      durationMs: performance.now() - startedMs,
    };
  }

  close(): Promise<void> {
    return this.#agent.close();
  }
}
