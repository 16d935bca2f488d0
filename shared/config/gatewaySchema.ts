import * as z from "zod/mini";
import type { GatewaySettings } from "./settings.ts";
import { guid, list, setting } from "./values.ts";

const MODES = ["none", "entra"] as const;

/** The `Gateway` section: how the gateway in front proves itself, and for which of `apis` it may hold token B. */
export function gatewaySchema(apis: readonly string[]) {
  const known = apis.length === 0 ? "there are none" : apis.join(", ");
  const apiName = setting(`the name of an API below DownstreamApis, in its exact spelling (${known})`, (value) =>
    apis.find((name) => name === value),
  );
  return z.pipe(
    z
      .strictObject({
        Authentication: z._default(
          setting("none or entra", (value) => MODES.find((mode) => mode === value.toLowerCase())),
          "none",
        ),
        AllowedPrincipals: z._default(list(guid("the object id or client id (GUID) of a gateway's identity")), []),
        AuthorizationApis: z._default(list(apiName), []),
        TenantId: z.optional(guid("the id (GUID) of the tenant that issues the gateway's token")),
      })
      .check(
        z.refine(
          ({ Authentication, AllowedPrincipals }) =>
            (Authentication === "entra") === (AllowedPrincipals ?? []).length > 0,
          {
            path: ["AllowedPrincipals"],
            error: "the identities of the gateways that may call with Gateway__Authentication entra, and none without",
            when: ({ issues }) => issues.length === 0,
          },
        ),
        z.refine(
          ({ Authentication, AuthorizationApis }) => Authentication === "entra" || AuthorizationApis.length === 0,
          {
            path: ["AuthorizationApis"],
            error:
              "nothing without Gateway__Authentication entra: only a gateway that authenticates itself may hold token B",
            when: ({ issues }) => issues.length === 0,
          },
        ),
      ),
    z.transform(
      (from): GatewaySettings => ({
        authentication: from.Authentication,
        allowedPrincipals: from.AllowedPrincipals,
        authorizationApis: from.AuthorizationApis,
        tenantId: from.TenantId,
      }),
    ),
  );
}
