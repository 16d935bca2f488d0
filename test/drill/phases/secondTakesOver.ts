import type { Finding } from "../finding.ts";
import type { Stage } from "../stage.ts";
import { until } from "../waiting.ts";

/** Shorter than a minute more than a phase: the identity's token must be renewed while its endpoint is down. */
const SHORT_LIFETIME_MS = 61_500;

/** The vault that signs is down when an instance starts: the second credential serves until it is back. */
export function signingVaultDown(stage: Stage): Promise<Finding> {
  return takenOver(stage, "the vault that signs down, an instance started meanwhile", stage.azure.keyVault.faults);
}

/** The same for the identity's endpoint; the tokens of the instance that runs end meanwhile. */
export function managedIdentityDown(stage: Stage): Promise<Finding> {
  const { managedIdentity } = stage.azure;
  return takenOver(
    stage,
    "the managed identity's endpoint down, an instance started meanwhile",
    managedIdentity.faults,
  );
}

/** To be called before the stage's first instance asks for a token. */
export function shortenTokens({ azure }: Stage): void {
  azure.managedIdentity.setTokenLifetime(SHORT_LIFETIME_MS);
}

interface Outage {
  down(): Promise<void>;
  up(): Promise<void>;
}

function takenOver(stage: Stage, name: string, faults: Outage): Promise<Finding> {
  return stage.phase(name, async () => {
    await faults.down();
    const fresh = await stage.startInstance();
    const taken = await until(() => fresh.inUse !== "" && !fresh.usesFirst);
    await stage.hold(stage.timing.outageMs);
    const meanwhile = stage.instances.map(({ inUse }) => inUse).join(", ");
    await faults.up();
    const back = await until(() => stage.instances.every(({ usesFirst }) => usesFirst));
    return {
      notes: [`meanwhile ${meanwhile}`, `back after ${((back ?? 0) / 1_000).toFixed(1)} s`],
      broken: [
        ...(taken === undefined ? ["the second credential did not take over"] : []),
        ...(back === undefined ? ["the first credential is not in use again"] : []),
      ],
    };
  });
}
