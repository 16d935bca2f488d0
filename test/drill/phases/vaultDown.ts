import type { Finding } from "../finding.ts";
import type { Stage } from "../stage.ts";
import { until } from "../waiting.ts";

/** Key Vault is down for longer than the time between two polls, with one credential from there. */
export function vaultDown(stage: Stage): Promise<Finding> {
  const { faults } = stage.azure.keyVault;
  return stage.phase(`Key Vault down for ${stage.timing.outageMs / 1_000} s`, async () => {
    const polls = (): number => stage.instances.flatMap((each) => each.events("credential_poll_failed")).length;
    await faults.down();
    await stage.hold(stage.timing.outageMs);
    const noticed = await until(() => polls() > 0);
    await faults.up();
    const broken = noticed === undefined ? ["no poll met the outage"] : [];
    return { notes: [`${polls()} polls failed`], broken };
  });
}
