import { UsageError } from "../../../local/cli/program.ts";
import { CORE_PROPERTIES } from "../core/all.ts";
import type { FrontName } from "../generate/socketCase.ts";
import { attempt } from "../world/attempt.ts";
import { startFuzzWorld } from "../world/fuzzWorld.ts";
import { startGatewayApps } from "../world/gatewayApps.ts";
import { sentRequest } from "../world/sentRequest.ts";
import { socketCase } from "./socketRun.ts";

export interface ReplayOptions {
  readonly appDirectory: string;
  readonly seed: number;
  readonly only: string;
  readonly case: string;
}

const LONGEST_SHOWN = 4_000;

/** Does one case again, and tells all of it. @throws UsageError for a case that there cannot be. */
export async function replay(options: ReplayOptions): Promise<{ readonly text: string; readonly held: boolean }> {
  if (options.only === "sockets") return replaySocketCase(options);
  const property = CORE_PROPERTIES.find(({ name }) => name === options.only);
  const [, seed, path] = /^(-?\d+)\/([\d:]+)$/.exec(options.case) ?? [];
  if (property === undefined)
    throw new UsageError(`There is nothing called ${JSON.stringify(options.only)} to replay.`);
  if (seed === undefined || path === undefined)
    throw new UsageError("--case must be as the failure named it: SEED/PATH.");
  const failure = await property.run({ seed: Number(seed), cases: 1, path });
  if (failure === undefined) return { text: "It holds.", held: true };
  return { text: `${failure.error}\n${failure.input}`, held: false };
}

async function replaySocketCase({ appDirectory, seed, case: number }: ReplayOptions) {
  if (!/^\d+$/.test(number)) throw new UsageError("--case must be the number of a case.");
  await using world = await startFuzzWorld();
  await using apps = await startGatewayApps(appDirectory, world);
  const target = { ...world.target, url: (front: FrontName) => apps.hosts[front].url };
  const chosen = socketCase(seed, Number(number));
  const { breaches, statuses, reachedDownstream, skipped } = await attempt(chosen, Number(number), target);
  const all = [...breaches, ...target.cases.stray, ...apps.breaches()];
  const text = [
    JSON.stringify(chosen, undefined, 2),
    JSON.stringify(sentRequest(chosen, Number(number), target.names).bytes.toString("latin1").slice(0, LONGEST_SHOWN)),
    skipped
      ? "not sent: the host itself would hang"
      : `answered ${statuses.join(", ")}; the downstream API was ${reachedDownstream ? "" : "not "}asked`,
    ...all.map(({ rule, seen }) => `${rule}: ${seen}`),
  ].join("\n");
  return { text, held: all.length === 0 };
}
