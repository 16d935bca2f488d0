import { createHash, timingSafeEqual } from "node:crypto";
import type { HeaderCollection } from "./http/headerCollection.ts";
import type { QueryString } from "./http/queryString.ts";
import type { ApiDefinition, ProductDefinition, SubscriptionDefinition } from "./options.ts";
import { GatewayError } from "./pipeline/gatewayError.ts";

export const KEY_HEADER = "Ocp-Apim-Subscription-Key";
export const KEY_QUERY_PARAMETER = "subscription-key";

/** In whose name, and under which product, a request is handled. */
export interface Access {
  readonly subscription: { readonly definition: SubscriptionDefinition; readonly key: string } | undefined;
  readonly product: ProductDefinition | undefined;
}

export interface AccessRules {
  readonly products: readonly ProductDefinition[];
  readonly subscriptions: readonly SubscriptionDefinition[];
}

/** The key that a request shows: the header's, or else the query's. */
export function shownKey(headers: HeaderCollection, query: QueryString): string | undefined {
  return headers.joined(KEY_HEADER) ?? query.get(KEY_QUERY_PARAMETER)?.[0];
}

/**
 * Whether a request may come in, and as what:
 * learn.microsoft.com/azure/api-management/api-management-subscriptions#how-api-management-handles-requests-with-or-without-subscription-keys
 * @throws GatewayError 401 SubscriptionKeyNotFound, SubscriptionKeyInvalid
 */
export function authorize(rules: AccessRules, api: ApiDefinition, key: string | undefined, gatewayUrl: string): Access {
  if (key !== undefined && key !== "") {
    const access = accessByKey(rules, api, key);
    if (access !== undefined) return access;
    throw denied(
      "SubscriptionKeyInvalid",
      "Access denied due to invalid subscription key. Make sure to provide a valid key for an active subscription.",
      `${gatewayUrl}/${api.path}`,
    );
  }
  const open = rules.products.find((product) => !product.subscriptionRequired && product.apis.includes(api.id));
  if (open !== undefined || !api.subscriptionRequired) return { subscription: undefined, product: open };
  throw denied(
    "SubscriptionKeyNotFound",
    "Access denied due to missing subscription key. Make sure to include subscription key when making requests to this API.",
    `${gatewayUrl}/${api.path}`,
  );
}

function accessByKey({ products, subscriptions }: AccessRules, api: ApiDefinition, key: string): Access | undefined {
  for (const definition of subscriptions) {
    const { scope, primaryKey, secondaryKey, active = true } = definition;
    if (!active || ![primaryKey, secondaryKey].some((known) => sameText(known, key))) continue;
    const subscription = { definition, key };
    if (scope === "all-apis") return { subscription, product: undefined };
    if ("api" in scope) {
      if (scope.api === api.id) return { subscription, product: undefined };
      continue;
    }
    const product = products.find(({ id, apis }) => id === scope.product && apis.includes(api.id));
    if (product !== undefined) return { subscription, product };
  }
  return undefined;
}

function denied(reason: string, message: string, realm: string): GatewayError {
  const challenge = `AzureApiManagementKey realm="${realm}",name="${KEY_HEADER}",type="header"`;
  return new GatewayError({
    source: "authorization",
    reason,
    message,
    status: 401,
    headers: { "WWW-Authenticate": challenge },
  });
}

/** In a time that tells nothing about how much of it fits. */
function sameText(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
