export const SECTIONS = ["inbound", "backend", "outbound", "on-error"] as const;
export type Section = (typeof SECTIONS)[number];

/** From the outermost. */
export const SCOPES = ["global", "product", "api", "operation"] as const;
export type Scope = (typeof SCOPES)[number];
