import type { HostLogLine } from "@obo-gateway/local-azure/functionsHost/log.ts";
import { formatLine } from "@obo-gateway/local-azure/functionsHost/log.ts";
import type { LocalAzure } from "../../local/azure.ts";
import { secretIn, secretsOf } from "./secrets.ts";

const KEPT_LINES = 5_000;
/** What a gateway that is well never logs, whatever happens around it. */
const DEFECTS =
  /"event":"(?:answer_failed|internal_error|drop_failed)"|"code":"internal_error"|[Uu]ncaught|[Uu]nhandled|MaxListenersExceeded|The worker ended/;

/** Watches the app's log: for defects, and for secrets; and keeps the last lines, for who asks about a call. */
export class LogWatch {
  readonly findings: string[] = [];
  readonly #secrets: readonly string[];
  readonly #lines: HostLogLine[] = [];

  constructor(azure: LocalAzure) {
    this.#secrets = secretsOf(azure);
  }

  readonly add = (line: HostLogLine): void => {
    this.#lines.push(line);
    if (this.#lines.length > 2 * KEPT_LINES) this.#lines.splice(0, KEPT_LINES);
    const secret = secretIn(line.message, this.#secrets);
    if (secret !== undefined) this.findings.push(`The log holds ${secret} (category ${line.category}).`);
    else if (DEFECTS.test(line.message)) this.findings.push(`The log says: ${formatLine(line)}`);
  };

  /** The lines about a call, as far as they are kept. */
  about(correlationId: string): readonly string[] {
    return this.#lines.filter(({ message }) => message.includes(correlationId)).map(formatLine);
  }
}
