import type { LocalAzure } from "../../../local/azure.ts";
import type { Finding } from "../finding.ts";
import type { Stage } from "../stage.ts";
import { until } from "../waiting.ts";

/** The app uses a token until a minute before its end. */
const SHORT_LIFETIME_MS = 61_500;

/** The vault that signs is down when an instance starts: the second credential serves until it is back. */
export function signingVaultDown(stage: Stage): Promise<Finding> {
  return takenOver(stage, "the vault that signs down, an instance started meanwhile", stage.azure.keyVault.faults);
}

/** The same for the identity's endpoint. */
export function managedIdentityDown(stage: Stage): Promise<Finding> {
  const { managedIdentity } = stage.azure;
  return takenOver(
    stage,
    "the managed identity's endpoint down, an instance started meanwhile",
    managedIdentity.faults,
  );
}

/** Makes tokens so short that an instance that runs needs another within the outage. */
export function shortTokens({ managedIdentity }: LocalAzure): void {
  managedIdentity.setTokenLifetime(SHORT_LIFETIME_MS);
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
