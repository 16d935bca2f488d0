import { seededRandom } from "../e2e/support/seededRandom.ts";
import { callKinds, chooseKind } from "./calls/callKinds.ts";
import { SoakClient } from "./client.ts";
import { Session } from "./session.ts";
import type { Situation } from "./situation.ts";
import type { Tally } from "./tally.ts";
import type { SoakWorld } from "./world.ts";

export interface CrowdOptions {
  readonly world: SoakWorld;
  readonly situation: Situation;
  readonly tally: Tally;
  readonly seed: number;
  /** How many call at a time. */
  readonly callers: number;
}

/** Callers who call, one call after the other, for this time. Resolves when the last of them has its answer. */
export async function crowd({ callers, seed, ...rest }: CrowdOptions, forMs: number): Promise<void> {
  const client = new SoakClient(rest.world.host.url);
  const untilMs = performance.now() + forMs;
  const kinds = callKinds();
  const caller = async (index: number): Promise<void> => {
    const session = new Session({ ...rest, client, random: seededRandom(seed + index) });
    while (performance.now() < untilMs) await chooseKind(kinds, session.random()).run(session);
  };
  try {
    await Promise.all(Array.from({ length: callers }, (_, index) => caller(index)));
  } finally {
    await client.close();
  }
}
