import type { ErrorPlace } from "./pipeline/gatewayError.ts";
import type { Redaction } from "./redaction.ts";

/** What one policy did to one request. */
export interface TraceEvent {
  readonly policy: string;
  readonly scope: string;
  readonly section: string;
  /** `choose[2]/when[1]/set-header` */
  readonly path: string;
  readonly file: string;
  readonly line: number;
  /** What came of it, without tokens and secrets. */
  readonly effect: string;
  /** Reason and message, when it failed. */
  readonly error: string | undefined;
  /** Milliseconds after the request came. */
  readonly startMs: number;
  readonly durationMs: number;
}

/** One request, with all that the policies did, in the order in which they began. */
export interface PolicyTrace {
  readonly requestId: string;
  readonly method: string;
  /** Without its query, which may hold keys. */
  readonly path: string;
  readonly api: string | undefined;
  readonly operation: string | undefined;
  readonly status: number;
  readonly durationMs: number;
  readonly events: readonly TraceEvent[];
}

/** For the policy that runs. Both are redacted on their way into the trace. */
export interface StepNote {
  effect: string;
  error: string | undefined;
  end(): void;
}

interface TracedStep {
  readonly place: ErrorPlace;
  readonly line: { readonly file: string; readonly line: number };
}

export interface TraceRecorder {
  readonly redaction: Redaction;
  begin(step: TracedStep): StepNote;
  /** What an expression says by `context.Trace`. */
  say(message: string): void;
  events(): readonly TraceEvent[];
}

export function createTraceRecorder(redaction: Redaction): TraceRecorder {
  const originMs = performance.now();
  const events: { -readonly [Key in keyof TraceEvent]: TraceEvent[Key] }[] = [];
  return {
    redaction,
    begin({ place, line }) {
      const startMs = performance.now() - originMs;
      const { policy, scope, section, path } = place;
      const event = { policy, scope, section, path, ...line, effect: "", error: undefined, startMs, durationMs: 0 };
      const entry: { -readonly [Key in keyof TraceEvent]: TraceEvent[Key] } = event;
      events.push(entry);
      const note: StepNote = {
        effect: "",
        error: undefined,
        end() {
          entry.effect = redaction.text(note.effect);
          entry.error = note.error && redaction.text(note.error);
          entry.durationMs = performance.now() - originMs - startMs;
        },
      };
      return note;
    },
    say(message) {
      const startMs = performance.now() - originMs;
      const { scope = "", section = "", path = "", file = "", line = 0 } = events.at(-1) ?? {};
      const effect = redaction.text(message);
      events.push({
        policy: "context.Trace",
        scope,
        section,
        path,
        file,
        line,
        effect,
        error: undefined,
        startMs,
        durationMs: 0,
      });
    },
    events: () => events,
  };
}
