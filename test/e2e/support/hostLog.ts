import type { HostLogLine } from "@obo-gateway/local-azure/functionsHost/log.ts";

/** One event of the gateway's own log: a line of JSON. */
export type LogEvent = Readonly<Record<string, unknown>> & { readonly event: string };

/** What the Functions host logs, as it comes in: a line can be later than the answer that it is about. */
export class HostLogRecorder {
  readonly lines: HostLogLine[] = [];
  readonly events: LogEvent[] = [];
  readonly #waiting = new Set<() => void>();

  readonly add = (line: HostLogLine): void => {
    this.lines.push(line);
    if (line.message.startsWith('{"event":')) this.events.push(JSON.parse(line.message));
    for (const look of this.#waiting) look();
  };

  /** The first event with all these members; waits for it. */
  event(members: Readonly<Record<string, unknown>>): Promise<LogEvent> {
    return this.#until(() => this.find(members));
  }

  find(members: Readonly<Record<string, unknown>>): LogEvent | undefined {
    return this.events.find((event) => Object.entries(members).every(([name, value]) => event[name] === value));
  }

  /** The first line whose text matches; waits for it. */
  line(text: RegExp): Promise<HostLogLine> {
    return this.#until(() => this.lines.find(({ message }) => text.test(message)));
  }

  get text(): string {
    return this.lines.map(({ message }) => message).join("\n");
  }

  #until<T>(look: () => T | undefined): Promise<T> {
    return new Promise((resolve) => {
      const again = (): void => {
        const found = look();
        if (found === undefined) return;
        this.#waiting.delete(again);
        resolve(found);
      };
      this.#waiting.add(again);
      again();
    });
  }
}
