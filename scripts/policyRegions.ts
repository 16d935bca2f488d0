/** The slots for what only Azure's own parts may send, and what is for API Management. */
const MAX_FORGED_HEADERS = 24;

const REGION = /^([ \t]*)<!-- generated: (.+?) -->\n[\s\S]*?^[ \t]*<!-- \/generated -->\n/gm;

/** What stands between the marks of a name in a policy source: `<!-- generated: NAME -->` ... `<!-- /generated -->`. */
const REGIONS: ReadonlyMap<string, string> = new Map([
  ["deletion of obo-forged", deletions("obo-forged", MAX_FORGED_HEADERS)],
]);

/**
 * The policy with its generated regions as they are to be now.
 * @throws Error for marks that do not pair up, or of a name that there is no text for.
 */
export function withRegions(policy: string): string {
  const filled = policy.replace(REGION, (_, indentation: string, name: string) => {
    const text = REGIONS.get(name);
    if (text === undefined) throw new Error(`There is nothing to generate for '${name}'.`);
    const lines = text.split("\n").map((line) => `${indentation}${line}\n`);
    return `${indentation}<!-- generated: ${name} -->\n${lines.join("")}${indentation}<!-- /generated -->\n`;
  });
  const marks = [...filled.matchAll(/<!-- (\/?generated)/g)].map(([, mark]) => mark);
  if (marks.some((mark, index) => mark !== (index % 2 === 0 ? "generated" : "/generated")) || marks.length % 2 === 1)
    throw new Error("<!-- generated: ... --> and <!-- /generated --> do not pair up.");
  return filled;
}

/**
 * Deletes the headers that a variable names, with spaces between and one before them that nobody sends: policies have no
 * removal by prefix, and no loop.
 */
function deletions(variable: string, count: number): string {
  const list = `((string)context.Variables[&quot;${variable}&quot;])`;
  return Array.from(
    { length: count },
    (_, index) =>
      `<set-header name="@(${list}.Split(' ').ElementAtOrDefault(${index + 1}) ?? &quot;x-ms-none&quot;)" exists-action="delete" />`,
  ).join("\n");
}
