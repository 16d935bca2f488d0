import type { LocalAzure } from "../../local/azure.ts";

const JWT = /eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*\./;

/** What nobody outside may ever read. */
export function secretsOf({ seed, managedIdentity }: LocalAzure): readonly string[] {
  return [
    managedIdentity.settings.IDENTITY_HEADER,
    seed.vaultReaderSecret,
    ...seed.gateway.secrets.map(({ value }) => value),
    "PRIVATE KEY",
  ].filter((secret): secret is string => secret !== undefined);
}

/** What of it stands in a text, without telling it. */
export function secretIn(text: string, secrets: readonly string[]): string | undefined {
  if (JWT.test(text)) return "a token";
  return secrets.some((secret) => text.includes(secret)) ? "a secret" : undefined;
}
