import type {
  ClientCredential,
  CredentialListener,
  CredentialSource,
} from "../../../../shared/credentials/clientCredential.ts";
import { CredentialLoadError, CredentialRejectedError } from "../../../../shared/credentials/clientCredential.ts";
import { CredentialFailover } from "../../../../shared/credentials/credentialFailover.ts";
import { Secret } from "../../../../shared/secret.ts";

/** A source that the test answers for. */
export class TestSource implements CredentialSource {
  readonly label: string;
  readonly canChange: boolean;
  loads = 0;
  newest: ClientCredential;
  /** How often the version before the newest was asked for. */
  looksBack = 0;
  /** Undefined: there is none that is enabled. */
  previous: ClientCredential | undefined;
  /** Why it cannot be loaded; undefined when it can. */
  down: string | undefined;
  /** What a load that begins now will give, whatever happens meanwhile. */
  answer: Promise<ClientCredential> | undefined;
  /** Holds up every load until it resolves. */
  gate: Promise<void> | undefined;

  constructor(label: string, canChange = true) {
    this.label = label;
    this.canChange = canChange;
    this.newest = credentialOf(`${label} v1`);
  }

  /** Makes a newer version the newest. */
  rotate(label: string, expiresOnMs?: number): ClientCredential {
    this.previous = this.newest;
    this.newest = credentialOf(label, expiresOnMs);
    return this.newest;
  }

  async load(): Promise<ClientCredential> {
    this.loads += 1;
    if (this.answer !== undefined) return this.answer;
    await this.gate;
    if (this.down !== undefined) throw new CredentialLoadError(this.down);
    return this.newest;
  }

  async loadPrevious(): Promise<ClientCredential | undefined> {
    this.looksBack += 1;
    await this.gate;
    if (this.down !== undefined) throw new CredentialLoadError(this.down);
    return this.previous;
  }
}

export function credentialOf(label: string, expiresOnMs?: number): ClientCredential {
  return { label, expiresOnMs, proof: { kind: "secret", secret: new Secret("hunter2") } };
}

interface Timer {
  readonly atMs: number;
  readonly work: () => void;
}

export const START_MS = 1_900_000_000_000;
export const POLL_MS = 3_600_000;

/** A ring with a clock, timers, and an Entra ID that knows which credentials are registered. */
export function ringWorld(...sources: TestSource[]) {
  const clock = { ms: START_MS };
  const timers = new Set<Timer>();
  const events: string[] = [];
  const listener: CredentialListener = {
    selected: ({ label }, reason) => events.push(`selected ${label}: ${reason}`),
    dropped: ({ label }, reason) => events.push(`dropped ${label}: ${reason}`),
    rejected: ({ label }) => events.push(`rejected ${label}`),
    unavailable: (reason) => events.push(`unavailable ${reason}`),
    pollFailed: (reason) => events.push(`poll failed ${reason}`),
    expiring: ({ label }, daysLeft) => events.push(`expiring ${label}: ${daysLeft}`),
  };
  const ring = new CredentialFailover(sources, {
    listener,
    now: () => clock.ms,
    pollMs: POLL_MS,
    random: () => 0.5,
    schedule(ms, work) {
      const timer = { atMs: clock.ms + ms, work };
      timers.add(timer);
      return () => timers.delete(timer);
    },
  });
  const registered = new Set<ClientCredential>(sources.map(({ newest }) => newest));
  const cannotSign = new Set<ClientCredential>();
  const attempts: string[] = [];

  /** What Entra ID says to a credential now. */
  function verdict(credential: ClientCredential): string {
    if (cannotSign.has(credential)) throw new CredentialLoadError(`${credential.label} cannot sign.`);
    if (registered.has(credential)) return credential.label;
    throw rejection(credential);
  }

  return {
    ring,
    clock,
    timers,
    events,
    registered,
    cannotSign,
    attempts,
    verdict,
    /** One call; gives the label of the credential that Entra ID accepted. */
    call: (): Promise<string> =>
      ring.run(async (credential) => {
        attempts.push(credential.label);
        return verdict(credential);
      }),
    /** Lets time pass, with the timers that go off in it. */
    async advance(ms: number): Promise<void> {
      const untilMs = clock.ms + ms;
      for (;;) {
        const [next] = [...timers].filter(({ atMs }) => atMs <= untilMs).sort((one, other) => one.atMs - other.atMs);
        if (next === undefined) break;
        timers.delete(next);
        clock.ms = Math.max(clock.ms, next.atMs);
        next.work();
        await settled();
      }
      clock.ms = untilMs;
    },
  };
}

/** So many at the same time. */
export function many<T>(count: number, each: () => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: count }, each));
}

export function rejection({ label }: ClientCredential, certain = true, newerMayCure = true): CredentialRejectedError {
  return new CredentialRejectedError(`AADSTS700027 for ${label}.`, { certain, newerMayCure });
}

/** Lets everything run that waits for nothing outside. */
export function settled(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

export async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("There was a credential.");
}
