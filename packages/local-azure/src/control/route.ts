/** One request below `/local/`, by which scripts and other processes change what runs. */
export interface ControlCall {
  readonly method: string;
  /** The path after `/local/`. */
  readonly segments: readonly string[];
  readonly query: URLSearchParams;
  /** @throws Refusal when it is too large. */
  text(): Promise<string>;
  /** @throws ControlError 400 when it is not JSON. */
  json(): Promise<unknown>;
}

export interface ControlAnswer {
  readonly status: 200 | 201;
  readonly body: object;
}

/** Answers the calls that are for it; undefined: it is for another one. */
export interface ControlRoute {
  /** What there is, for who asks for something else. */
  readonly usage: string;
  answer(call: ControlCall): Promise<ControlAnswer | undefined>;
}

/** A call that cannot be done; the message says why. */
export class ControlError extends Error {
  override readonly name = "ControlError";
  readonly status: 400 | 404;

  constructor(status: 400 | 404, message: string) {
    super(message);
    this.status = status;
  }
}

export const DONE: ControlAnswer = { status: 200, body: { done: true } };
