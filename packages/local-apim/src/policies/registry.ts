import type { PolicyDefinition } from "../compile/policyDefinition.ts";
import { authenticationBasic } from "./authenticationBasic.ts";
import { authenticationManagedIdentity } from "./authenticationManagedIdentity.ts";
import { base } from "./base.ts";
import { cacheLookupValue, cacheRemoveValue, cacheStoreValue } from "./cacheValues.ts";
import { checkHeader } from "./checkHeader.ts";
import { choose } from "./choose.ts";
import { cors } from "./cors.ts";
import { emitMetric } from "./emitMetric.ts";
import { findAndReplace } from "./findAndReplace.ts";
import { forwardRequest } from "./forwardRequest.ts";
import { includeFragment } from "./includeFragment.ts";
import { ipFilter } from "./ipFilter.ts";
import { quotaByKey } from "./quotaByKey.ts";
import { rateLimit } from "./rateLimit.ts";
import { rateLimitByKey } from "./rateLimitByKey.ts";
import { retry } from "./retry.ts";
import { returnResponse } from "./returnResponse.ts";
import { rewriteUri } from "./rewriteUri.ts";
import { sendOneWayRequest } from "./sendOneWayRequest.ts";
import { sendRequest } from "./sendRequest.ts";
import { setBackendService } from "./setBackendService.ts";
import { setBody } from "./setBody.ts";
import { setHeader } from "./setHeader.ts";
import { setMethod } from "./setMethod.ts";
import { setQueryParameter } from "./setQueryParameter.ts";
import { setStatus } from "./setStatus.ts";
import { setVariable } from "./setVariable.ts";
import { trace } from "./trace.ts";
import { validateAzureAdToken } from "./validateAzureAdToken.ts";
import { validateJwt } from "./validateJwt.ts";
import { wait } from "./wait.ts";

const POLICIES: readonly PolicyDefinition[] = [
  authenticationBasic,
  authenticationManagedIdentity,
  base,
  cacheLookupValue,
  cacheRemoveValue,
  cacheStoreValue,
  checkHeader,
  choose,
  cors,
  emitMetric,
  findAndReplace,
  forwardRequest,
  includeFragment,
  ipFilter,
  quotaByKey,
  rateLimit,
  rateLimitByKey,
  retry,
  returnResponse,
  rewriteUri,
  sendOneWayRequest,
  sendRequest,
  setBackendService,
  setBody,
  setHeader,
  setMethod,
  setQueryParameter,
  setStatus,
  setVariable,
  trace,
  validateAzureAdToken,
  validateJwt,
  wait,
];
const BY_NAME: ReadonlyMap<string, PolicyDefinition> = new Map(POLICIES.map((policy) => [policy.name, policy]));

/** The policies that the local gateway can run; any other is refused when it is loaded. */
export function findPolicy(name: string): PolicyDefinition | undefined {
  return BY_NAME.get(name);
}
