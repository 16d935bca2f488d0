import type { LocalAzure } from "../../../local/azure.ts";
import { startLocalAzure } from "../../../local/azure.ts";
import type { Surroundings } from "../oracle/judgeRequest.ts";
import type { Breach } from "../oracle/rules.ts";
import { TokenReader } from "../oracle/tokenOwner.ts";
import { Cases } from "./cases.ts";
import { startForbiddenServer, startRecordingDownstream } from "./recordingDownstream.ts";
import type { Names } from "./sentRequest.ts";
import { API_KEY, API_RULES } from "./settings.ts";
import type { Target } from "./target.ts";
import type { Tokens } from "./tokens.ts";
import { issueTokens } from "./tokens.ts";

/** All around the gateway: Entra ID, the downstream API that records, the server that nobody may call, and tokens. */
export interface FuzzWorld extends AsyncDisposable {
  readonly azure: LocalAzure;
  /** Of the recording downstream API. */
  readonly authority: string;
  readonly target: Omit<Target, "url">;
  /** Breaches that the downstream API finds after a case's end are told here. */
  readonly late: Map<number, readonly Breach[]>;
}

export async function startFuzzWorld(): Promise<FuzzWorld> {
  await using stack = new AsyncDisposableStack();
  const azure = await startLocalAzure();
  stack.defer(() => azure.close());
  const tokens = await issueTokens(azure);
  const late = new Map<number, readonly Breach[]>();
  const cases: Cases = new Cases(
    () => around,
    () => names,
    (number) => late.set(number, cases.breachesOf(number)),
  );
  const downstream = stack.use(await startRecordingDownstream(cases));
  const elsewhere = stack.use(
    await startForbiddenServer((bytes) => cases.stray.push({ rule: "elsewhere", seen: JSON.stringify(bytes) })),
  );
  const names: Names = { elsewhere: elsewhere.authority, tokens };
  const secrets = [azure.seed.gatewaySecret, API_KEY, ...tokensA(tokens)];
  const around = surroundings(azure, downstream.authority, secrets);
  const owned = stack.move();
  return {
    azure,
    authority: downstream.authority,
    target: {
      cases,
      names,
      rules: API_RULES,
      secrets,
      internal: [downstream.authority, new URL(azure.keyVault.url).host],
    },
    late,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** Every token that a caller has but token B, which an API may be handed. */
function tokensA({ downstream: _tokenB, ...others }: Tokens): string[] {
  return Object.values(others);
}

function surroundings({ seed, entra }: LocalAzure, authority: string, secrets: readonly string[]): Surroundings {
  const principal = seed.apiManagement.servicePrincipals.get(seed.tenant.id);
  if (principal === undefined) throw new Error("API Management has no service principal in the seeded tenant.");
  const app = seed.gateway.servicePrincipals.get(seed.tenant.id);
  if (app === undefined) throw new Error("The gateway has no service principal in the seeded tenant.");
  return {
    authority,
    rules: API_RULES,
    audiences: {
      plain: seed.profile.clientId,
      ruled: seed.profile.clientId,
      root: seed.ledger.clientId,
      shaky: seed.profile.clientId,
      service: seed.profile.clientId,
    },
    appPrincipal: app,
    gatewayClientId: seed.gateway.clientId,
    gatewayPrincipal: principal,
    tokens: new TokenReader(entra.publicKeyPem()),
    // A key of the settings is for the API.
    neverDownstream: secrets.filter((secret) => secret !== API_KEY),
  };
}
