import type { FunctionsHost } from "@obo-gateway/local-azure/functionsHost/functionsHost.ts";
import { startFunctionsHost } from "@obo-gateway/local-azure/functionsHost/functionsHost.ts";
import type { HostLogLine } from "@obo-gateway/local-azure/functionsHost/log.ts";
import type { FrontName } from "../generate/socketCase.ts";
import { FRONTS } from "../generate/socketCase.ts";
import type { Breach } from "../oracle/rules.ts";
import type { MemorySample, WorkerMemory } from "../run/memoryWatch.ts";
import type { FuzzWorld } from "./fuzzWorld.ts";
import { fuzzSettings } from "./settings.ts";

/** The function app as it is deployed, once for each front, and what its processes show of themselves. */
export interface GatewayApps extends AsyncDisposable {
  readonly hosts: Readonly<Record<FrontName, FunctionsHost>>;
  /** What the log and the worker show that must not be: secrets, unhandled rejections, restarts. */
  readonly breaches: () => readonly Breach[];
  memory(): Promise<MemorySample>;
}

const ESCAPED = /unhandled|uncaught|"code":"internal_error"|answer_failed/i;
const WORKER_ENDED = /The worker ended/;
const LONGEST_SHOWN = 600;

export async function startGatewayApps(appDirectory: string, world: FuzzWorld): Promise<GatewayApps> {
  await using stack = new AsyncDisposableStack();
  const found: Breach[] = [];
  const log = ({ message }: HostLogLine): void => {
    const seen = message.slice(0, LONGEST_SHOWN);
    if (ESCAPED.test(message)) found.push({ rule: "unhandled", seen });
    if (WORKER_ENDED.test(message)) found.push({ rule: "worker-restart", seen });
    if (world.target.secrets.some((secret) => message.includes(secret)))
      found.push({ rule: "secret", seen: `in the log: ${seen}` });
  };
  const start = async (front: FrontName): Promise<FunctionsHost> => {
    const settings = fuzzSettings(world.azure, front, world.authority);
    const host = await startFunctionsHost({ appDirectory, settings, log });
    stack.defer(() => host.close());
    return host;
  };
  const [direct, gateway] = await Promise.all(FRONTS.map(start));
  if (direct === undefined || gateway === undefined) throw new Error("Each front needs a host.");
  const hosts = { direct, gateway };
  const owned = stack.move();
  return {
    hosts,
    breaches: () => {
      const restarts = direct.worker.restarts + gateway.worker.restarts;
      return restarts === 0 ? found : [...found, { rule: "worker-restart", seen: `${restarts} restarts` }];
    },
    memory: async () => {
      const [ofDirect, ofGateway] = await Promise.all([workerMemory(direct), workerMemory(gateway)]);
      return { direct: ofDirect, gateway: ofGateway };
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

async function workerMemory(host: FunctionsHost): Promise<WorkerMemory> {
  const { memory, collected } = await host.workerResources();
  if (!collected) throw new Error("The worker runs without --expose-gc: its memory would say nothing.");
  return { resident: memory.rss, live: memory.heapUsed + memory.external };
}
