import { randomBytes } from "node:crypto";
import { Agent } from "undici";
import { afterAll, beforeAll, beforeEach } from "vitest";
import { type LocalEntra, startEntra } from "../../../src/entra/entra.ts";
import { type Seed, seedDirectory } from "../../../src/seed.ts";
import { createCertificateAuthority } from "../../../src/tls/certificateAuthority.ts";

/** A running Entra ID with the seeded directory, its clock, and a dispatcher that trusts its certificate. */
export interface World {
  readonly entra: LocalEntra;
  readonly seed: Seed;
  readonly certificatePem: string;
  readonly dispatcher: Agent;
  readonly clock: Clock;
}

export interface Clock {
  nowMs(): number;
  advance(ms: number): void;
}

/** Starts a world for the tests of a file; each test begins with the clock set right and no fault planned. */
export function useWorld(): World {
  let offsetMs = 0;
  const clock: Clock = {
    nowMs: () => Date.now() + offsetMs,
    advance(ms) {
      offsetMs += ms;
    },
  };
  const world: { -readonly [Key in keyof World]?: World[Key] } = { clock };
  beforeAll(async () => {
    const authority = await createCertificateAuthority();
    const seed = seedDirectory({ randomBytes, now: clock.nowMs });
    world.seed = seed;
    world.certificatePem = authority.certificatePem;
    world.dispatcher = new Agent({ connect: { ca: authority.certificatePem } });
    world.entra = await startEntra({
      tls: await authority.issue(),
      directory: seed.directory,
      now: clock.nowMs,
      signIn: { client: seed.client.clientId, scope: seed.scopes.gateway },
    });
  });
  beforeEach(() => {
    offsetMs = 0;
    world.entra?.faults.clear();
  });
  afterAll(async () => {
    await world.dispatcher?.destroy();
    await world.entra?.close();
  });
  const get = <Key extends keyof World>(key: Key): World[Key] => {
    const value = world[key];
    if (value === undefined) throw new Error("The world begins with the first test.");
    return value as World[Key];
  };
  return {
    clock,
    get entra() {
      return get("entra");
    },
    get seed() {
      return get("seed");
    },
    get certificatePem() {
      return get("certificatePem");
    },
    get dispatcher() {
      return get("dispatcher");
    },
  };
}
