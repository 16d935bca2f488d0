import { PortTakenError } from "@obo-gateway/local-azure/net/listen.ts";

/** A mistake of whoever typed the command: the message is all they need. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

const USAGE = 2;

/** Runs a command's main function: what goes wrong ends in one clear line and a status that is not 0. */
export async function runProgram(main: () => Promise<void>): Promise<void> {
  try {
    await main();
  } catch (error) {
    const expected = error instanceof UsageError || error instanceof PortTakenError || isStartError(error);
    const hint = error instanceof PortTakenError ? " Another one can be chosen: see --help." : "";
    process.stderr.write(`${expected ? error.message : describe(error)}${hint}\n`);
    process.exit(error instanceof UsageError ? USAGE : 1);
  }
}

function isStartError(error: unknown): error is Error {
  return error instanceof Error && error.name === "FunctionsHostStartError";
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
