import { Agent, type Dispatcher } from "undici";
import { onTestFinished } from "vitest";
import { type LocalApim, startApim } from "../../src/apim.ts";
import type { ApimOptions, PolicySource } from "../../src/options.ts";
import { PoliciesRefusedError, type PolicyProblem } from "../../src/refusal.ts";

export interface Sections {
  readonly inbound?: string;
  readonly backend?: string;
  readonly outbound?: string;
  readonly onError?: string;
}

/** A policy document with these policies; sections that are not given are inherited. */
export function policies(sections: Sections, file = "policy.xml"): PolicySource {
  const { inbound = "<base />", backend = "<base />", outbound = "<base />", onError = "<base />" } = sections;
  const parts = [
    `<inbound>${inbound}</inbound>`,
    `<backend>${backend}</backend>`,
    `<outbound>${outbound}</outbound>`,
    `<on-error>${onError}</on-error>`,
  ];
  return { file, text: `<policies>\n${parts.join("\n")}\n</policies>` };
}

export type Options = Partial<ApimOptions> & {
  /** Policies of the only API, whose path is `api`. */
  readonly policy?: Sections | PolicySource;
  readonly serviceUrl?: string | undefined;
};

export interface Answer {
  readonly status: number;
  readonly statusText: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
  json(): Record<string, unknown>;
}

export interface GatewayUnderTest extends LocalApim {
  /** `path` is inside the API. */
  get(path: string, headers?: Record<string, string | string[]>): Promise<Answer>;
  ask(path: string, options?: AskOptions): Promise<Answer>;
  send(path: string, options?: AskOptions): Promise<Dispatcher.ResponseData>;
}

export type AskOptions = Partial<Omit<Dispatcher.RequestOptions, "origin" | "path">>;

/** A gateway with one API for all methods that tests use, at `/api`, for one test. */
export async function startGateway({ policy, serviceUrl, ...options }: Options = {}): Promise<GatewayUnderTest> {
  const methods = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH"];
  const operations = methods.map((method) => ({ id: `${method.toLowerCase()}-any`, method, urlTemplate: "/*" }));
  const source = policy === undefined || "text" in policy ? policy : policies(policy);
  const api = {
    id: "api",
    path: "api",
    subscriptionRequired: false,
    operations,
    ...(serviceUrl === undefined ? {} : { serviceUrl }),
    ...(source === undefined ? {} : { policy: source }),
  };
  const apim = await startApim({ apis: [api], tier: "BasicV2", ...options });
  const agent = new Agent({ headersTimeout: 0, bodyTimeout: 0 });
  onTestFinished(async () => {
    await agent.destroy();
    await apim.close();
  });
  const send = (path: string, more: AskOptions = {}): Promise<Dispatcher.ResponseData> =>
    agent.request({ method: "GET", ...more, origin: apim.url, path: `/api${path}` });
  const ask = async (path: string, more?: AskOptions): Promise<Answer> => {
    const response = await send(path, more);
    const body = await response.body.text();
    return {
      status: response.statusCode,
      statusText: response.statusText ?? "",
      headers: response.headers,
      body,
      json: () => JSON.parse(body),
    };
  };
  return Object.assign(apim, { send, ask, get: (path: string, headers = {}) => ask(path, { headers }) });
}

/** What a gateway with these policies is refused for. */
export async function problemsOf(options: Options): Promise<readonly PolicyProblem[]> {
  try {
    await startGateway(options);
  } catch (error) {
    if (error instanceof PoliciesRefusedError) return error.problems;
    throw error;
  }
  return [];
}
