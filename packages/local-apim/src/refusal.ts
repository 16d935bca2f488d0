/** A place in a file, as editors count: from 1. */
export interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** One thing in a policy file that the local gateway does not take. */
export interface PolicyProblem {
  readonly at: Position;
  /** The element, attribute or expression it is about. */
  readonly subject: string;
  readonly message: string;
}

/** Thrown while one policy is compiled; the compiler collects it and goes on with the next policy. */
export class PolicyProblemError extends Error {
  override readonly name = "PolicyProblemError";
  readonly problem: PolicyProblem;

  constructor(problem: PolicyProblem) {
    super(problem.message);
    this.problem = problem;
  }
}

/**
 * Policies that cannot be run as API Management would run them. Nothing is started then: a policy that is silently
 * skipped would show a behaviour that the deployed one does not have.
 */
export class PoliciesRefusedError extends Error {
  override readonly name = "PoliciesRefusedError";
  readonly problems: readonly PolicyProblem[];

  constructor(problems: readonly PolicyProblem[]) {
    super(problems.map(({ at, message }) => `${at.file}(${at.line},${at.column}): ${message}`).join("\n"));
    this.problems = problems;
  }
}

export function refuse(at: Position, subject: string, message: string): never {
  throw new PolicyProblemError({ at, subject, message });
}
