import { markdownTable } from "./markdownTable.ts";

const HEAD = `# Requests that could be read in two ways

Request smuggling lives on servers that differ in where a request ends, or in what it says. A test
(\`test/e2e/smuggling.test.ts\`) sends such bytes over raw sockets and reads what reaches the downstream API with a parser
of its own, which knows no leniency. For each of them the test holds:

- the downstream API gets one well-formed request with exactly the body that was sent, or none at all;
- what was hidden in it is never taken for a request of its own;
- the next call, over the same connection or another, gets its own answer.

The table is what the caller saw: the status, and whether the connection was \`kept\` for the next request or \`closed\`.
\`silence\`: no answer until the function's time is over; the function was never called.

The *Functions host* is the local stand-in: its parser is Node's with all leniency on, and its refusals are modelled on
Kestrel. Where it takes more than Kestrel (folded headers, doubled spaces in the first line, line ends within chunked
bodies), what it hands on is well-formed all the same. The *function app alone* has no host before it. *API Management* is
the local stand-in with the deployed policies.

This file is written by the test: \`npm run faults\`. For answers, see [hostile-answers.md](hostile-answers.md).

`;

/** What the test saw, as docs/smuggling.md. */
export function smugglingDocument(fronts: readonly string[], rows: readonly (readonly string[])[]): string {
  return `${HEAD}${markdownTable(["sent", ...fronts], rows)}\n`;
}
