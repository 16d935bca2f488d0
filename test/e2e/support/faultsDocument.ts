import { markdownTable } from "./markdownTable.ts";
import type { Row } from "./rawRow.ts";

const HEAD = `# Faults

What everybody saw when a downstream API, Entra ID or the client died, fell silent or said what is no HTTP, at every stage of
a call. A test (\`test/e2e/faults.test.ts\`) makes each of these happen with raw sockets, observes both sides, and compares
with this table. Each call is a \`POST\`, which nobody may send twice: the number of requests shows that nobody did.

- *reset*: a TCP reset. *closed*: the connection ended in order. *silent*: it stayed, and nothing more came. *garbled*: bytes
  that are not HTTP. *slow drip*: one byte at a time, beyond every time limit. *refused*: nobody listens.
- *the caller saw*: the status and the \`code\` of the problem ([errors.md](errors.md)); a reset where an answer had begun:
  half an answer never ends as if it were whole.
- *the other side saw*: the requests of that one call that came to it whole, and that its connection was ended where the
  gateway gave up; for the client's own faults, what the downstream API saw.
- *the log says*: event, and \`diagnosis\` or cause, under the call's correlation id.
- *the next call*: of the same kind, as soon as the fault is over.

This file is written by the test: \`npm run faults\`.

`;
const COLUMNS = ["who", "stage", "fault", "the caller saw", "the other side saw", "the log says", "the next call"];

/** What the test saw, as docs/faults.md. */
export function faultsDocument(rows: readonly Row[]): string {
  const lines = rows.map(({ who, when, what, caller, peer, log, next }) => [who, when, what, caller, peer, log, next]);
  return `${HEAD}${markdownTable(COLUMNS, lines)}\n`;
}
