import { markdownTable } from "./markdownTable.ts";

const HEAD = `# Answers that no honest API gives

What a downstream API answers goes to its caller over connections that others use too. A test
(\`test/e2e/hostileAnswers.test.ts\`) lets one answer with bytes that could be read in more ways than one, over the only
connection that the gateway has to it, while another user's call waits for that connection. For each answer the test holds:

- its caller gets a problem, a connection that is cut, or the answer whole in its one proper reading: never half of it as if
  it were whole, never what was hidden in it;
- what goes to the caller is well-formed, read with a parser of the test's own that knows no leniency;
- the call that waited, the next one over the caller's own connection and the next one of another user get their own answers;
- the downstream API gets nothing that is not well-formed.

The table is what the caller saw: the status, and whether the caller's connection was \`kept\` for the next request.
\`cut\`: an answer had begun, and the connection ended before its end. \`kept\` says nothing of the connection to the API: one
over which anything doubtful came is closed.

One thing no client of HTTP/1.1 can tell: a second answer that comes only when the next request has gone out *is* that
request's answer. An API that does so answers its own callers wrongly, through a gateway or not.

This file is written by the test: \`npm run faults\`. For requests, see [smuggling.md](smuggling.md).

`;

/** What the test saw, as docs/hostile-answers.md. */
export function hostileAnswersDocument(fronts: readonly string[], rows: readonly (readonly string[])[]): string {
  return `${HEAD}${markdownTable(["answered", ...fronts], rows)}\n`;
}
