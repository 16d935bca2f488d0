import type { Finding } from "../finding.ts";
import type { Stage } from "../stage.ts";
import type { Call, SteadyLoad } from "../steadyLoad.ts";
import { until } from "../waiting.ts";

/** How often one call tries everything again while nothing works. */
const PROBE_PAUSE_MS = 10_000;
/** After a total failure the app tries again after 10 s; a busy machine adds to it. */
const LONGEST_RECOVERY_MS = 15_000;
/** Of two credentials, the newest version and the one before. */
const MOST_ATTEMPTS_A_PROBE = 4;

/** The credential in use is revoked while there is a second one. */
export function firstRevoked(stage: Stage): Promise<Finding> {
  return stage.phase("the first credential revoked, a second present", async () => {
    const [instance] = stage.instances;
    const thumbprint = Buffer.from(instance?.thumbprint ?? "", "hex").toString("base64url");
    stage.credentials.revokeCertificate(thumbprint);
    const changed = await until(() => instance?.usesFirst === false);
    return { broken: changed === undefined ? ["the second credential is not in use"] : [] };
  });
}

/** With the first one revoked, the second is too; after a while it is back. */
export function bothRevoked(stage: Stage): Promise<Finding> {
  const { credentials, azure, timing } = stage;
  const { gateway, gatewaySecret } = azure.seed;
  return stage.phase("both credentials revoked, then one back", async (load) => {
    const secret = gateway.secrets.find(({ value }) => value === gatewaySecret);
    if (secret === undefined) throw new Error("The gateway has no secret.");
    credentials.removeSecret(secret.keyId);
    const revokedMs = Date.now();
    await until(() => load.failed.length > 0);
    // Calls that were under way when it happened each find out by themselves.
    await stage.hold();
    const [attemptsBefore, countedFromMs] = [stage.attempts, Date.now()];
    await stage.hold(timing.outageMs);
    const attempts = stage.attempts - attemptsBefore;
    credentials.addSecret(secret);
    const backMs = Date.now();
    const recovered = (): Call | undefined => load.calls.find((call) => call.startedMs > backMs && call.status === 200);
    await until(() => recovered() !== undefined);
    const recovery = (recovered()?.endedMs ?? Number.POSITIVE_INFINITY) - backMs;
    const probes = Math.ceil((backMs - countedFromMs) / PROBE_PAUSE_MS) + 1;
    const unclear = load.failed.filter(({ status, code }) => status !== 502 || code !== "gateway_misconfigured").length;
    const notes = [
      `${attempts} attempts in ${((backMs - countedFromMs) / 1_000).toFixed(0)} s of total failure`,
      `recovered ${(recovery / 1_000).toFixed(1)} s after one was back`,
    ];
    const broken = [
      ...(unclear > 0 ? [`${unclear} answers were no 502 gateway_misconfigured`] : []),
      ...(recovery > LONGEST_RECOVERY_MS ? [`recovery took ${recovery} ms`] : []),
      ...(attempts > probes * MOST_ATTEMPTS_A_PROBE ? [`${attempts} attempts by ${probes} probes at the most`] : []),
    ];
    return { notes, broken, mayFail: (all) => failedBetween(all, revokedMs, backMs + recovery) };
  });
}

/** Those that ended while no credential worked: all that fail later are lost. */
function failedBetween({ failed }: SteadyLoad, fromMs: number, untilMs: number): number {
  return failed.filter(({ endedMs, startedMs }) => endedMs >= fromMs && startedMs <= untilMs).length;
}
