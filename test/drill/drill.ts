import type { CredentialKind } from "../../local/appSettings.ts";
import type { LocalAzure } from "../../local/azure.ts";
import { CERTIFICATES } from "../../local/gatewayCredentials.ts";
import type { Finding } from "./finding.ts";
import { bothRevoked, firstRevoked } from "./phases/revocation.ts";
import { rotation } from "./phases/rotation.ts";
import { managedIdentityDown, shortTokens, signingVaultDown } from "./phases/secondTakesOver.ts";
import { vaultDown } from "./phases/vaultDown.ts";
import type { StageOptions } from "./stage.ts";
import { Stage } from "./stage.ts";

/** Phases that follow one another on one stage. */
export interface Act {
  readonly name: string;
  readonly credentials: readonly [CredentialKind, ...CredentialKind[]];
  readonly prepare?: (azure: LocalAzure) => void;
  readonly phases: readonly ((stage: Stage) => Promise<Finding>)[];
}

export const ACTS: readonly Act[] = [
  {
    name: "one certificate from Key Vault",
    credentials: ["pfx"],
    phases: [
      (stage) => rotation(stage, "entra", CERTIFICATES.pfx),
      (stage) => rotation(stage, "vault", CERTIFICATES.pfx),
      vaultDown,
    ],
  },
  {
    name: "a certificate and a secret",
    credentials: ["pfx", "secret"],
    phases: [firstRevoked, bothRevoked],
  },
  {
    name: "a key that never leaves the vault",
    credentials: ["vault-key", "secret"],
    phases: [signingVaultDown],
  },
  {
    name: "a managed identity",
    credentials: ["managed-identity", "secret"],
    prepare: shortTokens,
    phases: [managedIdentityDown],
  },
];

export async function play(
  { name: _, phases, ...scene }: Act,
  options: Omit<StageOptions, "credentials" | "prepare">,
): Promise<readonly Finding[]> {
  await using stage = await Stage.set({ ...options, ...scene });
  const findings: Finding[] = [];
  for (const phase of phases) findings.push(await phase(stage));
  return findings;
}

/** Two acts at a time: most of a drill is waiting. @returns the findings in the order of the acts */
export async function playAll(options: Omit<StageOptions, "credentials" | "prepare">): Promise<readonly Finding[]> {
  const findings: (readonly Finding[])[] = [];
  const waiting = [...ACTS.entries()];
  const lane = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, act] = next;
      findings[index] = await play(act, options);
    }
  };
  await Promise.all([lane(), lane()]);
  return findings.flat();
}
