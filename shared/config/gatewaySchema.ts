import * as z from "zod/mini";
import type { GatewaySettings } from "./settings.ts";
import { guid, list, setting } from "./values.ts";

const MODES = ["none", "entra"] as const;

/** The `Gateway` section: how the gateway in front proves itself. */
export const gatewaySchema = z.pipe(
  z
    .strictObject({
      Authentication: z._default(
        setting("none or entra", (value) => MODES.find((mode) => mode === value.toLowerCase())),
        "none",
      ),
      AllowedPrincipals: z._default(list(guid("the object id or client id (GUID) of a gateway's identity")), []),
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
    ),
  z.transform(
    (from): GatewaySettings => ({
      authentication: from.Authentication,
      allowedPrincipals: from.AllowedPrincipals,
      tenantId: from.TenantId,
    }),
  ),
);
