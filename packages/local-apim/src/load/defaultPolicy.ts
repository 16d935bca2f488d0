import type { PolicySource } from "../options.ts";

/** What API Management has for all APIs until somebody changes it. */
export const DEFAULT_GLOBAL_POLICY: PolicySource = {
  file: "the default global policy",
  text: "<policies><inbound /><backend><forward-request /></backend><outbound /><on-error /></policies>",
};
