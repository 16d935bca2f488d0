/** The caller hung up: nobody is left to answer. Not a failure of anything. */
export class CallerGoneError extends Error {
  override readonly name = "CallerGoneError";

  constructor() {
    super("The caller hung up.");
  }
}
