/** What the compile step does not know, by name, with the offset (UTF-16 code units) in the expression's source. */
export class ExpressionRefusedError extends Error {
  readonly subject: string;
  readonly position: number;

  constructor(message: string, subject: string, position: number) {
    super(`${message} (at offset ${position})`);
    this.name = "ExpressionRefusedError";
    this.subject = subject;
    this.position = position;
  }
}

/** The expression used more steps or memory than one evaluation may have. Its own try/catch cannot catch this. */
export class ExpressionLimitError extends Error {
  constructor(what: string) {
    super(`The expression exceeded its limit of ${what}.`);
    this.name = "ExpressionLimitError";
  }
}

/**
 * A value met at run time whose treatment in .NET is not reproduced here. Thrown instead of guessing; the expression's
 * own try/catch cannot catch it.
 */
export class ExpressionUnsupportedError extends Error {
  constructor(what: string) {
    super(`Not reproduced here: ${what}.`);
    this.name = "ExpressionUnsupportedError";
  }
}

export function refuse(message: string, subject: string, position: number): never {
  throw new ExpressionRefusedError(message, subject, position);
}

export function unsupported(what: string): never {
  throw new ExpressionUnsupportedError(what);
}
