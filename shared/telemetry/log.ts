/** Named facts beside an event. Values are written as JSON; secrets print as `[redacted]`. */
export type LogFields = Readonly<Record<string, unknown>>;

/** One line per event. Events are stable snake_case names to search for; fields say the rest. */
export interface Log {
  info(event: string, fields?: LogFields): void;
  warning(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields): void;
}

/** Where lines go: one function per level. */
export interface LogSink {
  info(line: string): void;
  warning(line: string): void;
  error(line: string): void;
}

/** A log that writes JSON lines, each with `always` (a correlation id, for example) beside its own fields. */
export function jsonLog(sink: LogSink, always: LogFields = {}): Log {
  return new JsonLog(sink, always);
}

/** A class, since every call has a log and few write to it. */
class JsonLog implements Log {
  readonly #sink: LogSink;
  readonly #always: LogFields;

  constructor(sink: LogSink, always: LogFields) {
    this.#sink = sink;
    this.#always = always;
  }

  info(event: string, fields?: LogFields): void {
    this.#sink.info(this.#line(event, fields));
  }

  warning(event: string, fields?: LogFields): void {
    this.#sink.warning(this.#line(event, fields));
  }

  error(event: string, fields?: LogFields): void {
    this.#sink.error(this.#line(event, fields));
  }

  #line(event: string, fields: LogFields = {}): string {
    return redact(JSON.stringify({ event, ...this.#always, ...fields }));
  }
}

const TOKEN_CHARACTERS = /[A-Za-z0-9_.-]+/g;

/**
 * The last line of defence: tokens are wrapped long before this, but a library's message could hold one. Whole runs of
 * a token's characters are looked at, each once: a pattern for the token itself would take quadratic time on long lines.
 */
function redact(line: string): string {
  return line.includes("eyJ") ? line.replace(TOKEN_CHARACTERS, withoutToken) : line;
}

/** A JWT begins with `{"` in base64url, and has three parts, or five when it is encrypted (RFC 7515, RFC 7516). */
function withoutToken(run: string): string {
  const start = run.indexOf("eyJ");
  const parts = start < 0 ? 0 : run.slice(start).split(".").length;
  return parts < 3 ? run : `${run.slice(0, start)}[redacted]`;
}

const DEEPEST_CAUSE = 5;

/** An error and its causes in one line, for the log: names, codes and messages, no stack. */
export function describeError(error: unknown): string {
  const parts: string[] = [];
  let current: unknown = error;
  for (let depth = 0; current !== undefined && current !== null && depth < DEEPEST_CAUSE; depth++) {
    if (!(current instanceof Error)) {
      parts.push(typeof current);
      break;
    }
    const code = "code" in current && typeof current.code === "string" ? ` [${current.code}]` : "";
    parts.push(`${current.name}${code}: ${current.message}`);
    current = current.cause;
  }
  return parts.join(" <- ");
}
