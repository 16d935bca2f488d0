import { type Dispatcher, request } from "undici";
import { z } from "zod";
import type { World } from "./world.ts";

export const OBO_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer";
export const ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

const answerBody = z.looseObject({
  access_token: z.string().default(""),
  scope: z.string().optional(),
  expires_in: z.number().default(0),
  error: z.string().optional(),
  error_description: z.string().default(""),
  error_codes: z.array(z.number()).default([]),
  suberror: z.string().optional(),
  claims: z.string().optional(),
});

export interface TokenAnswer {
  readonly status: number;
  readonly headers: Dispatcher.ResponseData["headers"];
  readonly body: z.infer<typeof answerBody>;
  /** The names of the members that the body has, in their order. */
  readonly members: readonly string[];
}

export type Parameters = Readonly<Record<string, string | undefined>>;

export interface RequestOptions {
  readonly tenant?: string;
  readonly headers?: Record<string, string>;
  readonly method?: Dispatcher.HttpMethod;
  /** Instead of the parameters. */
  readonly rawBody?: string;
}

export function encodeForm(parameters: Parameters): string {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) form.set(name, value);
  return form.toString();
}

/** Posts a token request, and reads the JSON that comes back. */
export async function requestToken(
  world: World,
  parameters: Parameters,
  options: RequestOptions = {},
): Promise<TokenAnswer> {
  const { tenant = world.seed.tenant.id, headers = {}, method = "POST", rawBody } = options;
  const response = await request(`${world.entra.url}/${tenant}/oauth2/v2.0/token`, {
    dispatcher: world.dispatcher,
    method,
    headers: { "content-type": "application/x-www-form-urlencoded", ...headers },
    body: method === "GET" ? null : (rawBody ?? encodeForm(parameters)),
  });
  const json = await response.body.json();
  return {
    status: response.statusCode,
    headers: response.headers,
    body: answerBody.parse(json),
    members: Object.keys(z.looseObject({}).parse(json)),
  };
}

/** The parameters of an on-behalf-of exchange of the gateway, for its profile API; `override` replaces or (undefined) removes. */
export function oboParameters(world: World, assertion: string, override: Parameters = {}): Parameters {
  return {
    grant_type: OBO_GRANT,
    client_id: world.seed.gateway.clientId,
    client_secret: world.seed.gatewaySecret,
    requested_token_use: "on_behalf_of",
    scope: world.seed.scopes.profile,
    assertion,
    ...override,
  };
}

/** Token A of a user, for the gateway. */
export function tokenA(world: World, user = "alice", claims?: string): Promise<string> {
  return world.entra.issueUserToken({
    user,
    client: world.seed.client.clientId,
    scope: world.seed.scopes.gateway,
    claims,
  });
}

export async function getJson(world: World, path: string): Promise<{ status: number; body: unknown }> {
  const response = await request(`${world.entra.url}${path}`, { dispatcher: world.dispatcher });
  return { status: response.statusCode, body: await response.body.json() };
}
