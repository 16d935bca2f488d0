import type { InvocationContext } from "@azure/functions";
import type { LogSink } from "../../shared/telemetry/log.ts";

/**
 * Where a call's lines go: through its invocation, which files them under the function; and elsewhere once that is over,
 * when the library would warn of each. A call may have something to say then: its answer is still on its way.
 */
export class InvocationSink implements LogSink {
  readonly #context: InvocationContext;
  readonly #late: LogSink;
  #over = false;

  constructor(context: InvocationContext, late: LogSink) {
    this.#context = context;
    this.#late = late;
  }

  /** The handler has returned. */
  over(): void {
    this.#over = true;
  }

  info(line: string): void {
    if (this.#over) this.#late.info(line);
    else this.#context.info(line);
  }

  warning(line: string): void {
    if (this.#over) this.#late.warning(line);
    else this.#context.warn(line);
  }

  error(line: string): void {
    if (this.#over) this.#late.error(line);
    else this.#context.error(line);
  }
}
