import { createServer } from "node:http";
import type { User } from "@obo-gateway/local-azure/entra/directory.ts";
import type { Fault } from "@obo-gateway/local-azure/entra/faultSchema.ts";
import { listen } from "@obo-gateway/local-azure/net/listen.ts";
import { stop } from "@obo-gateway/local-azure/net/stop.ts";
import type { ErrorCode } from "../../../shared/errors/catalogue.ts";
import type { Front, FrontOptions } from "../gateway/support/chain.ts";
import { startFront, startFunctions } from "../gateway/support/chain.ts";
import type { CallOptions, GatewayClient } from "./gatewayClient.ts";
import type { GatewayUnderTest, SignInOptions } from "./gatewayUnderTest.ts";
import { newUser } from "./people.ts";

const ME = "/obo/downstream/profile/me";
const REQUEST_TIMEOUT_S = "2";
const APIM_TIMEOUT_MS = 300_000;
/** Only a defect of ours makes it: test/functions/http/asFunction.test.ts throws what no handler should throw. */
export type Unprovoked = "internal_error";

/** A call that fails, and where. Made again it fails again. */
export interface FailingCall {
  readonly client: GatewayClient;
  readonly path: string;
  readonly options: CallOptions;
  /** API Management in front of it. */
  readonly front: Front;
  readonly functions: GatewayUnderTest;
}

type Provoke = (stage: Stage) => Promise<Partial<FailingCall> & Pick<FailingCall, "path">>;

/** Where failures are made to happen: the whole chain, and more gateways and function apps where one must be wrong. */
export class Stage implements AsyncDisposable {
  readonly functions: GatewayUnderTest;
  readonly front: Front;
  readonly #more: AsyncDisposable[] = [];

  constructor(functions: GatewayUnderTest, front: Front) {
    this.functions = functions;
    this.front = front;
  }

  async provoke(code: Exclude<ErrorCode, Unprovoked>): Promise<FailingCall> {
    const { functions, front } = this;
    const made = await PROVOKE[code](this);
    return { client: (made.front ?? front).client, options: {}, front, functions, ...made };
  }

  /** A user's token; of a user whom nobody remembers, unless told. */
  signIn(options?: SignInOptions, user: User = newUser(this.functions.azure)): Promise<string> {
    return this.functions.signIn(user, options);
  }

  async anotherFront(options: FrontOptions, functions: GatewayUnderTest = this.functions): Promise<Front> {
    return this.#kept(await startFront(functions, options));
  }

  async functionsWith(settings: Readonly<Record<string, string>>): Promise<GatewayUnderTest> {
    return this.#kept(await startFunctions({ azure: this.functions.azure, settings: () => settings }));
  }

  /** A server that takes calls and never answers. */
  async silentUrl(): Promise<string> {
    const silent = createServer(() => undefined);
    const url = `http://localhost:${await listen(silent, "functions that hang", 0)}`;
    this.#kept({ [Symbol.asyncDispose]: () => stop(silent) });
    return url;
  }

  /** A function app with few connections to an API, and a user whose event stream keeps one of them. */
  async withOpenCall({
    maxConnections,
    maxCallsPerUser,
  }: Readonly<Record<"maxConnections" | "maxCallsPerUser", string>>) {
    const functions = await this.functionsWith({
      DownstreamApis__profile__MaxConnections: maxConnections,
      DownstreamApis__profile__MaxConcurrentCallsPerUser: maxCallsPerUser,
      DownstreamApis__profile__QueueTimeoutSeconds: "0.2",
    });
    const front = await this.anotherFront({}, functions);
    const token = await this.signIn();
    const { body } = await front.client.send("/obo/downstream/profile/trickle?everyMs=50", { token });
    // Nobody reads it: it ends with the client.
    body.on("error", () => undefined);
    return { functions, front, token };
  }

  /** A call whose token request meets this. */
  async withEntra(effect: Fault["effect"]) {
    const user = newUser(this.functions.azure);
    this.functions.azure.entra.faults.add({ aim: { user: user.oid }, effect });
    return { path: ME, options: { token: await this.signIn({}, user) } };
  }

  #kept<T extends AsyncDisposable>(thing: T): T {
    this.#more.push(thing);
    return thing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const thing of [...this.#more.reverse(), this.front, this.functions]) await thing[Symbol.asyncDispose]();
  }
}

export async function startStage(): Promise<Stage> {
  const functions = await startFunctions({
    settings: ({ profile, seed }) => {
      const api = (name: string, more: Readonly<Record<string, string>>) =>
        Object.entries({ BaseUrl: profile.url, Scopes: seed.scopes.profile, ...more }).map(
          ([setting, value]) => [`DownstreamApis__${name}__${setting}`, value] as const,
        );
      return {
        AzureAd__RequestTimeoutSeconds: REQUEST_TIMEOUT_S,
        ...Object.fromEntries([
          ...api("narrow", { AllowedPathPrefixes: "/me", AllowedMethods: "GET HEAD PUT", MaxRequestBodyBytes: "10" }),
          ...api("nowhere", { BaseUrl: "https://localhost:1" }),
          ...api("slow", { TotalTimeoutSeconds: "0.4" }),
        ]),
      };
    },
  });
  return new Stage(functions, await startFront(functions));
}

const azureHeaders = Object.fromEntries(Array.from({ length: 25 }, (_, index) => [`x-ms-token-${index}`, "1"]));
const nowS = Math.floor(Date.now() / 1_000);

const PROVOKE: Readonly<Record<Exclude<ErrorCode, Unprovoked>, Provoke>> = {
  invalid_request: async (stage) => ({ path: ME, options: { token: await stage.signIn(), headers: azureHeaders } }),
  invalid_target: async (stage) => ({
    path: "/obo/downstream/profile/a%2F..%2Fb",
    options: { token: await stage.signIn() },
  }),
  token_missing: async () => ({ path: ME }),
  invalid_token: async (stage) => ({
    path: ME,
    options: { token: await stage.signIn({ forgery: { foreignKey: true } }) },
  }),
  token_expired: async (stage) => ({
    path: ME,
    options: { token: await stage.signIn({ override: { iat: nowS - 7_200, nbf: nowS - 7_200, exp: nowS - 3_600 } }) },
  }),
  interaction_required: async (stage) => ({
    path: "/obo/downstream/ledger/me",
    options: { token: await stage.signIn({}, stage.functions.azure.seed.users.carol) },
  }),
  gateway_authentication_required: async (stage) => ({
    client: stage.functions.client,
    path: "/downstream/profile/me",
    options: { token: await stage.signIn() },
  }),
  app_only_token: async (stage) => ({
    path: ME,
    options: { token: await stage.signIn({ override: { idtyp: "app" } }) },
  }),
  insufficient_scope: async (stage) => ({
    path: ME,
    options: { token: await stage.signIn({ override: { scp: "something.else" } }) },
  }),
  client_not_allowed: async (stage) => ({
    front: await stage.anotherFront({ clientApplications: "20000000-0000-4000-8000-0000000000ff" }),
    path: ME,
    options: { token: await stage.signIn() },
  }),
  consent_required: async (stage) => ({
    path: ME,
    options: { token: await stage.signIn({}, newUser(stage.functions.azure, { consented: false })) },
  }),
  path_not_allowed: async (stage) => ({
    path: "/obo/downstream/narrow/admin",
    options: { token: await stage.signIn() },
  }),
  not_found: async (stage) => ({ path: "/obo/nowhere", options: { token: await stage.signIn() } }),
  downstream_api_unknown: async (stage) => ({
    path: "/obo/downstream/unknown/me",
    options: { token: await stage.signIn() },
  }),
  method_not_allowed: async (stage) => ({
    path: "/obo/downstream/narrow/me",
    options: { method: "DELETE", token: await stage.signIn() },
  }),
  request_too_large: async (stage) => ({
    path: "/obo/downstream/narrow/me",
    options: { method: "PUT", token: await stage.signIn(), body: "more than 10 bytes" },
  }),
  too_many_requests: async (stage) => {
    // Since its clock stands still, the whole period is left.
    const nowMs = Date.now() + 1_000;
    const front = await stage.anotherFront({ rateLimitCalls: 1, now: () => nowMs });
    const options = { token: await stage.signIn() };
    await front.client.call(ME, options);
    return { front, path: ME, options };
  },
  too_many_concurrent_calls: async (stage) => {
    const { functions, front, token } = await stage.withOpenCall({ maxConnections: "2", maxCallsPerUser: "1" });
    return { functions, front, path: ME, options: { token } };
  },
  request_headers_too_large: async (stage) => ({
    path: ME,
    options: { token: await stage.signIn(), headers: { "x-big": "x".repeat(25_600) } },
  }),
  settings_invalid: async (stage) => {
    const functions = await stage.functionsWith({ AzureAd__TenantId: "contoso" });
    const front = await stage.anotherFront({}, functions);
    return { functions, front, path: ME, options: { token: await stage.signIn() } };
  },
  upgrade_not_supported: async (stage) => ({
    path: ME,
    options: { token: await stage.signIn(), headers: { "sec-websocket-version": "13" } },
  }),
  gateway_misconfigured: (stage) => stage.withEntra({ kind: "error", aadsts: 700016 }),
  exchange_failed: (stage) => stage.withEntra({ kind: "malformed-json" }),
  downstream_unreachable: async (stage) => ({
    path: "/obo/downstream/nowhere/me",
    options: { token: await stage.signIn() },
  }),
  throttled: (stage) => stage.withEntra({ kind: "throttle", retryAfterS: 30 }),
  identity_provider_unavailable: (stage) => stage.withEntra({ kind: "outage", status: 502, body: "html" }),
  downstream_unavailable: async (stage) => {
    const functions = await stage.functionsWith({
      DownstreamApis__profile__BaseUrl: "https://localhost:1",
      DownstreamApis__profile__CircuitBreaker__Failures: "1",
      DownstreamApis__profile__CircuitBreaker__PauseSeconds: "300",
    });
    const front = await stage.anotherFront({}, functions);
    const options = { token: await stage.signIn() };
    await front.client.call(ME, options);
    return { functions, front, path: ME, options };
  },
  downstream_busy: async (stage) => {
    const { functions, front } = await stage.withOpenCall({ maxConnections: "1", maxCallsPerUser: "1" });
    return { functions, front, path: ME, options: { token: await stage.signIn() } };
  },
  gateway_unavailable: async (stage) => ({
    front: await stage.anotherFront({ functionsUrl: "http://localhost:1" }),
    path: ME,
    options: { token: await stage.signIn() },
  }),
  credential_unavailable: async (stage) => {
    const functions = await stage.functionsWith({
      AzureAd__ClientCredentials__0__SourceType: "Path",
      AzureAd__ClientCredentials__0__CertificateDiskPath: "/no/such/certificate.pem",
      AzureAd__ClientCredentials__0__ClientSecret: "",
    });
    const front = await stage.anotherFront({}, functions);
    return { functions, front, path: ME, options: { token: await stage.signIn() } };
  },
  identity_provider_timeout: (stage) => stage.withEntra({ kind: "hang" }),
  gateway_timeout: async (stage) => ({
    front: await stage.anotherFront({ functionsUrl: await stage.silentUrl(), startTimer: atOnceAtApimsLimit }),
    path: ME,
    options: { token: await stage.signIn() },
  }),
  downstream_timeout: async (stage) => ({
    path: "/obo/downstream/slow/hang",
    options: { method: "GET", token: await stage.signIn() },
  }),
};

/** Nobody waits 300 s for API Management's limit. */
const atOnceAtApimsLimit: FrontOptions["startTimer"] = (ms, over) => {
  const timer = setTimeout(over, ms === APIM_TIMEOUT_MS ? 0 : ms);
  return () => clearTimeout(timer);
};

/** Every code that can be made to happen from outside, in the catalogue's order. */
export const PROVOKED = Object.keys(PROVOKE).filter((code): code is keyof typeof PROVOKE => code in PROVOKE);
