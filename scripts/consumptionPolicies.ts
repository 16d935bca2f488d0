import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

const BEGIN = "<!-- not on Consumption -->";
const END = "<!-- /not on Consumption -->";
/** Where the generated variant lies, below the policies' folder. */
export const CONSUMPTION = "consumption";

/** Whole lines from one mark to the other. */
const MARKED = /^[ \t]*<!-- not on Consumption -->\n[\s\S]*?<!-- \/not on Consumption -->\n/gm;

/**
 * The policy without what the Consumption tier lacks: everything between the two marks.
 * @throws Error when marks do not pair up, so that nothing is dropped or kept by mistake.
 */
export function forConsumption(policy: string): string {
  const kept = policy.replace(MARKED, (marked) => {
    if (marked.indexOf(BEGIN) !== marked.lastIndexOf(BEGIN)) throw new Error(`${BEGIN} stands twice before ${END}.`);
    return "";
  });
  if (kept.includes(BEGIN) || kept.includes(END)) throw new Error(`${BEGIN} and ${END} do not pair up.`);
  return kept;
}

/** The policies that have parts for some tiers only, by their path below `folder`. */
export async function tierDependentPolicies(folder: string): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const entry of await readdir(folder, { recursive: true })) {
    if (!entry.endsWith(".xml") || entry.startsWith(CONSUMPTION)) continue;
    const policy = await readFile(join(folder, entry), "utf8");
    if (policy.includes(BEGIN)) found.set(entry, policy);
  }
  return found;
}

if (import.meta.main) {
  const folder = join(import.meta.dirname, "../infra/policies");
  for (const [path, policy] of await tierDependentPolicies(folder)) {
    const target = join(folder, CONSUMPTION, path);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, forConsumption(policy));
    process.stdout.write(`${CONSUMPTION}/${path}\n`);
  }
}
