import { Agent, request } from "node:http";
import { alwaysBelow } from "../oracle/lenientPath.ts";
import type { ChainWorld, Lock, PathEncoding, SeenRequest } from "./chainWorld.ts";
import { BASE_PATHS, CASE_HEADER, startChainWorld } from "./chainWorld.ts";
import type { Mixture } from "./mixtures.ts";
import { mixtures, OPEN_PREFIXES } from "./mixtures.ts";

const CONNECTIONS = 16;
/** A broken lock breaks many cases: the first few say it all. */
const MAX_FAILURES = 20;
const PROGRESS_EVERY = 5_000;
/** What only another function than the operation's own can answer. */
const OTHER_FUNCTION = /authorizationHeader|"claims":\{|"status":"(?:live|ready|unready|degraded)"/;
/** The target as node:http sends it; others do not leave this process. */
const SENDABLE = /^[\x21-\xff]+$/;

export interface ChainOptions {
  /** Where the built function app is. */
  readonly appDirectory: string;
  readonly lock: Lock;
  readonly pathEncoding: PathEncoding;
  readonly seed: number;
  readonly cases: number;
  readonly say?: (line: string) => void;
}

export interface ChainReport {
  readonly cases: number;
  readonly seconds: number;
  readonly reachedApi: number;
  readonly statuses: Readonly<Record<number, number>>;
  readonly ran: Readonly<Record<string, number>>;
  readonly failures: readonly string[];
}

/** Sends path mixtures through API Management to the functions, and judges what each call reached. */
export async function runChain({
  appDirectory,
  lock,
  pathEncoding,
  seed,
  cases,
  say,
}: ChainOptions): Promise<ChainReport> {
  await using world = await startChainWorld(appDirectory, lock, pathEncoding);
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const source = mixtures(seed);
  const failures: string[] = [];
  const statuses: Record<number, number> = {};
  const startedMs = performance.now();
  let [next, reachedApi, direct] = [0, 0, 0];
  const work = async (): Promise<void> => {
    while (next < cases && failures.length < MAX_FAILURES) {
      const number = next++;
      const mixture = source.next().value;
      if (!SENDABLE.test(mixture.target)) continue;
      // Without the policies' guards nothing holds a direct API's path; these two locks are the function app's.
      if (mixture.operation === "/profile-direct" && lock !== "all" && lock !== "policies") continue;
      if (mixture.operation === "/profile-direct") direct++;
      const { status, body } = await send(world, agent, mixture, number);
      statuses[status] = (statuses[status] ?? 0) + 1;
      const seen = world.seenOf(number);
      if (seen.length > 0) reachedApi++;
      const wrong = judge(mixture, body, seen, lock);
      if (wrong !== undefined) failures.push(`case ${number}: ${mixture.target}: ${wrong}`);
      if (number % PROGRESS_EVERY === PROGRESS_EVERY - 1)
        say?.(`${number + 1} of ${cases} mixtures (${lock}, ${pathEncoding})`);
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, work));
  agent.destroy();
  if (lock === "all") failures.push(...strangers(world.ran, direct));
  const seconds = (performance.now() - startedMs) / 1_000;
  return { cases: next, seconds, reachedApi, statuses, ran: Object.fromEntries(world.ran), failures };
}

/** Functions that no operation calls, and authorization beyond the direct API's own requests. */
function strangers(ran: ReadonlyMap<string, number>, direct: number): string[] {
  return [...ran]
    .filter(([name, times]) => name !== "downstream" && (name !== "authorization" || times > direct))
    .map(([name, times]) => `the function ${name} ran ${times} times`);
}

/**
 * Without the policies' guards the host resolves dots, so the address may name another API of the same function: that API's
 * own rules hold then, and the client may call it anyway.
 */
function judge(
  { operation, target }: Mixture,
  body: string,
  seen: readonly SeenRequest[],
  lock: Lock,
): string | undefined {
  if (OTHER_FUNCTION.test(body)) return `another function answered: ${body.slice(0, 60)}`;
  const name = operation === "/profile-direct" ? "direct" : operation.endsWith("/ruled") ? "ruled" : "profile";
  const isGuarded = lock === "all" || lock === "policies";
  const apis: readonly (keyof typeof BASE_PATHS)[] = isGuarded ? [name] : ["profile", "ruled"];
  const bases = apis.flatMap((api) =>
    api === "profile" ? [BASE_PATHS.profile] : OPEN_PREFIXES.map((prefix) => BASE_PATHS[api] + prefix),
  );
  for (const { url } of seen) {
    const path = url.split("?")[0] ?? "";
    if (!alwaysBelow(bases, path)) return `the API saw ${url}`;
    if (!target.includes("?") && url.includes("?")) return `the API saw a query: ${url}`;
  }
  return seen.length > 1 ? `the API saw ${seen.length} requests` : undefined;
}

function send(
  { apimUrl, token }: ChainWorld,
  agent: Agent,
  { target }: Mixture,
  number: number,
): Promise<{ readonly status: number; readonly body: string }> {
  const { hostname, port } = new URL(apimUrl);
  const headers = { authorization: `Bearer ${token}`, [CASE_HEADER]: String(number) };
  return new Promise((resolve, reject) => {
    request({ hostname, port, path: target, headers, agent }, (response) => {
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (piece: string) => {
        body += piece;
      });
      response.on("error", reject);
      response.on("end", () => resolve({ status: response.statusCode ?? 0, body }));
    })
      .on("error", reject)
      .end();
  });
}
