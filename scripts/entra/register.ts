import { OptionsError, readOptions, USAGE } from "./options.ts";
import { registerGateway } from "./registerGateway.ts";
import { reportAsJson, reportAsText } from "./report.ts";

const USAGE_STATUS = 2;

try {
  const options = readOptions(process.argv.slice(2));
  if (options === undefined) {
    process.stdout.write(`${USAGE}\n`);
  } else {
    const outcome = await registerGateway(options, process.env);
    process.stdout.write(`${options.json ? reportAsJson(outcome) : reportAsText(outcome)}\n`);
  }
} catch (error) {
  // Every message is made for whoever typed the command; a stack would hide it.
  const mistyped = error instanceof OptionsError;
  process.stderr.write(`${error instanceof Error ? error.message : error}\n${mistyped ? `\n${USAGE}\n` : ""}`);
  process.exitCode = mistyped ? USAGE_STATUS : 1;
}
