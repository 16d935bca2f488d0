import { hostileClaims } from "./claims.ts";
import type { CoreProperty } from "./coreProperty.ts";
import { answerHeaders, bearer, callHeaders, correlation, readHeaders } from "./headers.ts";
import { rewrittenLocation } from "./location.ts";
import { challenge, problem } from "./problems.ts";
import { harmlessTarget, hostileTarget } from "./requestTarget.ts";
import { hostileSettings } from "./settings.ts";

export const CORE_PROPERTIES: readonly CoreProperty[] = [
  hostileTarget,
  harmlessTarget,
  callHeaders,
  answerHeaders,
  readHeaders,
  bearer,
  correlation,
  challenge,
  problem,
  hostileClaims,
  hostileSettings,
  rewrittenLocation,
];
