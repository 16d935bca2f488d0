import * as z from "zod";
import type { GatewaySettings } from "./settings.ts";
import { guid, list, setting } from "./values.ts";

const MODES = ["none", "entra"] as const;

/** The `Gateway` section: how the gateway in front proves itself. */
export const gatewaySchema = z
  .strictObject({
    Authentication: setting("none or entra", (value) => MODES.find((mode) => mode === value.toLowerCase())).default(
      "none",
    ),
    AllowedPrincipals: list(guid("the object id or client id (GUID) of a gateway's identity")).default([]),
  })
  .refine(
    ({ Authentication, AllowedPrincipals }) => (Authentication === "entra") === (AllowedPrincipals ?? []).length > 0,
    {
      path: ["AllowedPrincipals"],
      error: "the identities of the gateways that may call with Gateway__Authentication entra, and none without",
      when: ({ issues }) => issues.length === 0,
    },
  )
  .transform(
    (from): GatewaySettings => ({ authentication: from.Authentication, allowedPrincipals: from.AllowedPrincipals }),
  );
