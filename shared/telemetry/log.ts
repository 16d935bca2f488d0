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
  const line = (event: string, fields: LogFields = {}): string =>
    redact(JSON.stringify({ event, ...always, ...fields }));
  return {
    info: (event, fields) => sink.info(line(event, fields)),
    warning: (event, fields) => sink.warning(line(event, fields)),
    error: (event, fields) => sink.error(line(event, fields)),
  };
}

const JWT = /eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*/g;

/** The last line of defence: tokens are wrapped long before this, but a library's message could hold one. */
function redact(line: string): string {
  return line.includes("eyJ") ? line.replace(JWT, "[redacted]") : line;
}
