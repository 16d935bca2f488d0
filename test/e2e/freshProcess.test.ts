import type { User } from "@obo-gateway/local-azure/entra/directory.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LocalAzure } from "../../local/azure.ts";
import { startLocalAzure } from "../../local/azure.ts";
import type { GatewayUnderTest } from "./support/gatewayUnderTest.ts";
import { startGateway } from "./support/gatewayUnderTest.ts";
import { newUser } from "./support/people.ts";

const USERS = 200;
const PATIENCE_MS = 60_000;
const ON_BEHALF_OF = "urn:ietf:params:oauth:grant-type:jwt-bearer";

let azure: LocalAzure;
let callers: readonly { user: User; token: string }[];
beforeAll(async () => {
  azure = await startLocalAzure();
  // The downstream API, too, fetches keys when it is first called, and so does the vault: not what is counted here.
  await using earlier = await startGateway({ azure, credential: "pfx" });
  const users = Array.from({ length: USERS }, () => newUser(azure));
  callers = await Promise.all(users.map(async (user) => ({ user, token: await earlier.signIn(user) })));
  await earlier.client.call("/downstream/profile/me", { token: callers[0]?.token ?? "" });
}, PATIENCE_MS);
afterAll(() => azure.close());

/** All at once, each the first call of its user. */
async function everybodyCalls({ client }: GatewayUnderTest): Promise<void> {
  azure.entra.counts.reset();
  const answers = await Promise.all(
    callers.map(async ({ user, token }) => {
      const answer = await client.call("/downstream/profile/me", { token });
      return answer.status === 200 && answer.json().oid === user.oid;
    }),
  );
  expect(answers.filter((right) => right)).toHaveLength(USERS);
}

describe(`a process whose first ${USERS} calls come at once`, () => {
  it("fetches metadata once, keys once, and exchanges once per user", { timeout: PATIENCE_MS }, async () => {
    await using fresh = await startGateway({ azure, settings: () => ({ AzureAd__RequestTimeoutSeconds: "60" }) });
    await everybodyCalls(fresh);
    const { metadata, keys, instanceDiscovery, token } = azure.entra.counts;
    expect({ metadata, keys, instanceDiscovery, token }).toEqual({
      metadata: 1,
      keys: 1,
      instanceDiscovery: 0,
      token: USERS,
    });
  });

  it("loads its certificate once, with one token for the vault", { timeout: PATIENCE_MS }, async () => {
    await using fresh = await startGateway({
      azure,
      credential: "pfx",
      settings: () => ({ AzureAd__RequestTimeoutSeconds: "60" }),
    });
    const loads = azure.keyVault.requests.filter(({ status }) => status === 200).length;
    const requests = azure.entra.requests.length;
    await everybodyCalls(fresh);
    expect(azure.keyVault.requests.filter(({ status }) => status === 200)).toHaveLength(loads + 1);
    const grants = azure.entra.requests.slice(requests).map(({ grantType }) => grantType);
    expect(grants.filter((grant) => grant === ON_BEHALF_OF)).toHaveLength(USERS);
    expect(grants.filter((grant) => grant === "client_credentials")).toHaveLength(1);
    expect(azure.entra.counts.keys).toBe(1);
  });
});
