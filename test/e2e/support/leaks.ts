import { expect } from "vitest";
import { CERTIFICATES } from "../../../local/azure.ts";
import type { Answer } from "./gatewayClient.ts";
import type { GatewayUnderTest } from "./gatewayUnderTest.ts";

const JWT = /eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*\./;
const SETTING = /AzureAd__|DownstreamApis__|ClientCredentials/;

/** No token, no secret, no internal address, and not the name of a credential or a setting. */
export function expectNothingInternal({ azure }: GatewayUnderTest, { headers, body }: Answer): void {
  const text = `${JSON.stringify(headers)}\n${body.toString("utf8")}`;
  const internal = [azure.keyVault, azure.profile, azure.ledger].map(({ url }) => new URL(url).host);
  for (const word of [...secretsOf(azure), ...internal, ...Object.values(CERTIFICATES)])
    expect(text).not.toContain(word);
  expect(text).not.toMatch(JWT);
  expect(text).not.toMatch(SETTING);
  expect(text).not.toMatch(/node:internal|\.ts:\d|\.cjs:\d/);
}

/** Whatever was logged until now holds no token and no secret. */
export function expectNothingSecretLogged({ azure, log }: GatewayUnderTest): void {
  for (const secret of secretsOf(azure)) expect(log.text).not.toContain(secret);
  expect(log.text).not.toMatch(JWT);
  expect(log.text).not.toContain("PRIVATE KEY");
}

function secretsOf({ seed, managedIdentity }: GatewayUnderTest["azure"]): string[] {
  return [
    managedIdentity.settings.IDENTITY_HEADER,
    seed.gatewaySecret,
    seed.apiManagementSecret,
    seed.vaultReaderSecret,
    ...seed.gateway.secrets.map(({ value }) => value),
    ...seed.directory.users.map(({ password }) => password),
  ];
}
