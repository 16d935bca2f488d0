import type { User } from "@obo-gateway/local-azure/entra/directory.ts";
import type { ClientAnswer } from "./client.ts";
import type { Hop } from "./hops.ts";
import type { Scenario, Stage } from "./scenario.ts";

const MFA_CODE = "AADSTS50076";

export const SCENARIOS: readonly Scenario[] = [
  {
    title: "A shared secret: Alice calls the profile API",
    credential: "secret",
    gatewayToken: "managed-identity",
    run: async (stage) => profileCall(stage, "secret"),
  },
  {
    title: "A certificate from Key Vault: Bob's turn",
    credential: "pfx",
    gatewayToken: "client-credentials",
    run: async (stage) => {
      await profileCall(stage, "certificate");
      const own = stage.hops.find(({ from, what }) => from === "gateway" && what.startsWith("the app's own token"));
      stage.expect("API Management got its own token by client credentials", own?.outcome === "issued");
      const vault = stage.hops.filter(({ to }) => to === "Key Vault");
      stage.expect(
        "Key Vault gave the certificate to the function app's own identity",
        vault.at(-1)?.outcome === "200",
      );
    },
  },
  {
    title: "Entra ID wants interaction: Carol and the ledger",
    credential: "pem",
    gatewayToken: "managed-identity",
    run: interaction,
  },
];

/** One user, one call, one exchange. */
async function profileCall(stage: Stage, proof: "secret" | "certificate"): Promise<void> {
  const { azure, expect, hops } = stage;
  const user = proof === "secret" ? azure.seed.users.alice : azure.seed.users.bob;
  const tokenA = await stage.client.signIn(user);
  const answer = await call(stage, user, tokenA, "profile");
  const exchanges = exchangesOf(hops);
  expect("one exchange was made", exchanges.length === 1 && exchanges[0]?.outcome === "issued");
  expect(`the app proved itself by its ${proof}`, exchanges[0]?.what.includes(`proven by ${proof}`) === true);
  expectUser(stage, user, "Profile API", answer);
}

/** Refused with claims; the client signs in again with them; then it works. */
async function interaction(stage: Stage): Promise<void> {
  const { azure, expect, hops } = stage;
  const user = azure.seed.users.carol;
  const refused = await call(stage, user, await stage.client.signIn(user), "ledger");
  const { code, claims } = Object(refused.body) as { code?: unknown; claims?: unknown };
  expect(
    "the exchange was refused for want of multi-factor authentication",
    exchangesOf(hops)[0]?.outcome === MFA_CODE,
  );
  expect("the ledger was not called", !hops.some(({ to }) => to === "Ledger API"));
  expect("the client got 401 interaction_required", refused.status === 401 && code === "interaction_required");
  const challenged = /claims="([^"]+)"/.exec(refused.challenge ?? "")?.[1] ?? "";
  const decoded = Buffer.from(challenged, "base64").toString();
  expect("with a claims challenge that MSAL clients understand", decoded === claims && decoded.startsWith("{"));

  const answer = await call(stage, user, await stage.client.signIn(user, decoded), "ledger");
  expect("signed in again with those claims, the exchange succeeds", exchangesOf(hops)[1]?.outcome === "issued");
  expectUser(stage, user, "Ledger API", answer);
}

async function call(stage: Stage, user: User, tokenA: string, api: string): Promise<ClientAnswer> {
  const answer = await stage.client.get(`${stage.api}/downstream/${api}/me`, tokenA);
  stage.show({
    from: "client",
    to: "gateway",
    what: `GET /obo/downstream/${api}/me`,
    audience: stage.azure.seed.gateway.displayName,
    user: user.displayName,
    outcome: String(answer.status),
    durationMs: answer.durationMs,
  });
  return answer;
}

function expectUser({ hops, expect }: Stage, user: User, to: string, answer: ClientAnswer): void {
  const arrived = hops.filter((hop) => hop.to === to);
  const right = arrived.length === 1 && arrived[0]?.user === user.displayName && arrived[0].audience === to;
  expect(`the ${to} saw ${user.displayName}, in a token meant for it`, right);
  const { oid } = Object(answer.body) as { oid?: unknown };
  expect(`the client got what the ${to} said of ${user.displayName}`, answer.status === 200 && oid === user.oid);
}

function exchangesOf(hops: readonly Hop[]): readonly Hop[] {
  return hops.filter(({ what }) => what.startsWith("on-behalf-of"));
}
