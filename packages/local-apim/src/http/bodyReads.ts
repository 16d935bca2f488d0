import type { MessageBody } from "./messageBody.ts";

const NOTHING = Buffer.alloc(0);

/**
 * What an expression has read of bodies. An evaluation that meets a body which is not there yet is begun again once it
 * is, so that what it has used up counts only when it has come to its end.
 */
export class BodyReads {
  readonly #usedUp = new Set<MessageBody>();

  begin(): void {
    this.#usedUp.clear();
  }

  /** @throws BodyNotReadSignal */
  read(body: MessageBody, preserveContent: boolean): Buffer {
    if (this.#usedUp.has(body)) return NOTHING;
    const bytes = body.peek();
    if (!preserveContent) this.#usedUp.add(body);
    return bytes;
  }

  commit(): void {
    for (const body of this.#usedUp) body.clear();
    this.#usedUp.clear();
  }
}
