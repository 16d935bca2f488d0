import { Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { seededRandom } from "../e2e/support/seededRandom.ts";
import { callerOf, pathTo } from "./calls/callKind.ts";
import { SoakClient } from "./client.ts";
import { jsonOf, whole } from "./plannedCall.ts";
import { Session } from "./session.ts";
import type { Situation } from "./situation.ts";
import type { Tally } from "./tally.ts";
import type { SoakWorld } from "./world.ts";

/** As many as an API has connections, unless told. */
export const UPLOADS = 256;
/** 300 B/s: just more than the least that the Functions host lets pass. */
const PIECE_BYTES = 300;
const PIECE_EVERY_MS = 1_000;
const PIECES: readonly [least: number, most: number] = [4, 8];
/** A refused client comes back: not at once, and not when it should. */
const AGAIN_AFTER_MS = 200;
const REFUSALS: Readonly<Record<string, number>> = { too_many_concurrent_calls: 429, downstream_busy: 503 };

export interface HostileOptions {
  readonly world: SoakWorld;
  readonly situation: Situation;
  readonly tally: Tally;
  readonly seed: number;
}

/** What the hostile user got. */
export interface HostileCounts {
  readonly api: string;
  uploaded: number;
  refused: number;
}

/**
 * One user who keeps up to 256 trickled uploads on one API. Each of them is a call like any other: it is served whole, refused by
 * the cap, or meets a fault of the time. Resolves when the last one is over.
 */
export async function hostileUser(
  { world, seed, ...rest }: HostileOptions,
  isOver: () => boolean,
): Promise<HostileCounts> {
  const api = hostileApi(world);
  const client = new SoakClient(world.host.url);
  const counts: HostileCounts = { api: api.name, uploaded: 0, refused: 0 };
  const { person, headers } = callerOf(world.people.hostile, api);
  const [least, most] = PIECES;
  const keepUploading = async (index: number): Promise<void> => {
    const session = new Session({ ...rest, world, client, random: seededRandom(seed + index) });
    // Evenly over a second: all at the same moment, every second, would show what the machine can do, not who waits for whom.
    await delay((index / UPLOADS) * PIECE_EVERY_MS);
    while (!isOver()) {
      const pieces = least + Math.floor(session.random() * (most - least + 1));
      const body = Readable.from(trickle(pieces), { objectMode: false });
      const before = counts.refused;
      await session.call({
        kind: "trickled upload",
        api,
        person,
        sent: { method: "POST", path: pathTo(api, "/upload"), headers, body },
        judge: whole(({ status, body: answer }) => {
          const { bytes, code } = jsonOf(answer);
          if (status === 200 && bytes === pieces * PIECE_BYTES) counts.uploaded++;
          else if (REFUSALS[String(code)] === status) counts.refused++;
          else return "neither uploaded nor refused";
          return undefined;
        }),
      });
      if (counts.refused > before) await delay(AGAIN_AFTER_MS);
    }
  };
  try {
    await Promise.all(Array.from({ length: UPLOADS }, (_, index) => keepUploading(index)));
    return counts;
  } finally {
    await client.close();
  }
}

/** The API that the hostile user is at: the last one, of whatever there is. */
export function hostileApi({ apis }: SoakWorld) {
  const api = apis.at(-1);
  if (api === undefined) throw new Error("There is no API.");
  return api;
}

async function* trickle(pieces: number): AsyncGenerator<Buffer> {
  for (let sent = 0; sent < pieces; sent++) {
    if (sent > 0) await delay(PIECE_EVERY_MS);
    yield Buffer.alloc(PIECE_BYTES);
  }
}
