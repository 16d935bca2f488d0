import { z } from "zod";
import { Refusal } from "./errors.ts";

/** OpenID Connect Core 1.0, 5.5: each claim is null, or says which values are wanted. */
const wanted = z
  .object({ essential: z.boolean().optional(), value: z.string().optional(), values: z.array(z.string()).optional() })
  .nullable();
const claimsParameter = z.object({
  access_token: z.record(z.string(), wanted).optional(),
  id_token: z.record(z.string(), wanted).optional(),
});

/** What the `claims` parameter of a token request asks of the access token. */
export interface ClaimsRequest {
  /** `xms_cc`: `cp1` announces a client that can handle claims challenges. */
  readonly clientCapabilities: readonly string[];
  /** `polids`: Conditional Access policies to satisfy. */
  readonly policyIds: readonly string[];
  /** `acrs`: authentication contexts to reach. */
  readonly authenticationContexts: readonly string[];
  /** An essential `nbf`: the user's sign-in must not be older (seconds since the epoch). */
  readonly notBeforeS: number | undefined;
}

/** @throws Refusal 9002313 when the parameter is not a JSON object of the form that OpenID Connect gives it. */
export function parseClaimsRequest(text: string | undefined): ClaimsRequest {
  const asked = text === undefined ? {} : (parse(text).access_token ?? {});
  const values = (name: string): string[] => {
    const claim = asked[name];
    return claim?.values ?? (claim?.value === undefined ? [] : [claim.value]);
  };
  const [notBefore] = asked.nbf?.essential === true ? values("nbf") : [];
  if (notBefore !== undefined && !/^\d+$/.test(notBefore)) throw malformed();
  return {
    clientCapabilities: values("xms_cc"),
    policyIds: values("polids"),
    authenticationContexts: values("acrs"),
    notBeforeS: notBefore === undefined ? undefined : Number(notBefore),
  };
}

function parse(text: string): z.infer<typeof claimsParameter> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw malformed();
  }
  const parsed = claimsParameter.safeParse(json);
  if (!parsed.success) throw malformed();
  return parsed.data;
}

// Which code Entra ID has for this is not documented; its general one for a malformed request stands in.
function malformed(): Refusal {
  return new Refusal(9002313, "Invalid request. Request is malformed or invalid: 'claims' is not a claims request.");
}
