import type { ValidatedAssertion } from "../../shared/inbound/userTokenValidator.ts";
import { Secret } from "../../shared/secret.ts";

const MICROS_PER_MS = 1000;
/** Few enough for their tokens A to stay in the processor's second cache. */
const BATCH = 64;

/**
 * Microseconds per look-up, one after the other, of users in an order that nothing foresees. Token A of each has just
 * arrived, as with a real call, in text of its own: only what the cache under test keeps may have grown cold.
 */
export function timePerLookup(
  users: readonly ValidatedAssertion[],
  lookups: number,
  look: (user: ValidatedAssertion) => Promise<unknown>,
): Promise<number> {
  return microsecondsEach(
    lookups,
    () => arrived(pick(users)),
    async (arriving) => {
      for (const user of arriving) await look(user);
    },
  );
}

/** The same of anything: what is looked up is made before the time counts, some at a time. */
export async function microsecondsEach<Wanted>(
  lookups: number,
  make: () => Wanted,
  lookAll: (wanted: readonly Wanted[]) => Promise<void> | void,
): Promise<number> {
  let totalMs = 0;
  for (let done = 0; done < lookups; done += BATCH) {
    const wanted = Array.from({ length: Math.min(BATCH, lookups - done) }, make);
    const startedMs = performance.now();
    await lookAll(wanted);
    totalMs += performance.now() - startedMs;
  }
  return (totalMs * MICROS_PER_MS) / lookups;
}

function pick(users: readonly ValidatedAssertion[]): ValidatedAssertion {
  const user = users[Math.floor(Math.random() * users.length)];
  if (user === undefined) throw new RangeError("There are no users.");
  return user;
}

function arrived(user: ValidatedAssertion): ValidatedAssertion {
  return { ...user, assertion: new Secret(Buffer.from(user.assertion.reveal()).toString()) };
}
