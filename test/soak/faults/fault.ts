import type { SoakWorld } from "../world.ts";

/** Something that goes wrong around the gateway, and what callers may get while it does. */
export interface Fault {
  readonly name: string;
  /** The downstream API that it befalls; undefined: it can concern every call. */
  readonly api?: string;
  /** Failures that callers may meet, as `Verdict` names them. None: nobody may notice. */
  readonly allows: readonly string[];
  /** How long after its end callers may still meet them, in milliseconds: as docs/errors.md and the design have it. */
  readonly pauseMs: number;
  /** Only in runs of a minute or more: its pause is long. */
  readonly slow?: boolean;
  /** Makes it happen. @returns what ends it */
  begin(world: SoakWorld): Promise<() => Promise<void>>;
}

/** For faults that are lifted at once. */
export function lifting(lift: () => void): () => Promise<void> {
  return async () => lift();
}
