import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { withRegions } from "./policyRegions.ts";

/** A generated variant of the policies: where it lies, below their folder, and the marks of what it does without. */
export interface Variant {
  readonly folder: string;
  readonly without: string;
}

export const CONSUMPTION: Variant = { folder: "consumption", without: "not on Consumption" };
/** For the tiers that have everything, where API Management's own token is its managed identity's. */
export const MANAGED_IDENTITY: Variant = { folder: "managed-identity", without: "client credentials only" };
export const VARIANTS: readonly Variant[] = [CONSUMPTION, MANAGED_IDENTITY];

/**
 * The policy without what the variant lacks: everything between the two marks.
 * @throws Error when marks do not pair up, so that nothing is dropped or kept by mistake.
 */
export function variantOf(policy: string, { without }: Variant): string {
  const [begin, end] = marks(without);
  const marked = new RegExp(`^[ \\t]*${begin}\\n[\\s\\S]*?${end}\\n`, "gm");
  const kept = policy.replace(marked, (part) => {
    if (part.indexOf(begin) !== part.lastIndexOf(begin)) throw new Error(`${begin} stands twice before ${end}.`);
    return "";
  });
  if (kept.includes(begin) || kept.includes(end)) throw new Error(`${begin} and ${end} do not pair up.`);
  return kept;
}

/** The policies that have parts which a variant lacks, by their path below `folder`. */
export async function sourcesOf({ without }: Variant, folder: string): Promise<ReadonlyMap<string, string>> {
  const [begin] = marks(without);
  return new Map([...(await policySources(folder))].filter(([, policy]) => policy.includes(begin)));
}

/** All that is written by hand, by its path below `folder`. */
export async function policySources(folder: string): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const path of await readdir(folder, { recursive: true })) {
    if (!path.endsWith(".xml") || VARIANTS.some((variant) => path.startsWith(`${variant.folder}/`))) continue;
    found.set(path, await readFile(join(folder, path), "utf8"));
  }
  return found;
}

function marks(without: string): readonly [begin: string, end: string] {
  return [`<!-- ${without} -->`, `<!-- /${without} -->`];
}

if (import.meta.main) {
  const folder = join(import.meta.dirname, "../infra/policies");
  const write = async (path: string, policy: string): Promise<void> => {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), policy);
    process.stdout.write(`${path}\n`);
  };
  for (const [path, policy] of await policySources(folder)) {
    const filled = withRegions(policy);
    if (filled !== policy) await write(path, filled);
  }
  for (const variant of VARIANTS)
    for (const [path, policy] of await sourcesOf(variant, folder))
      await write(`${variant.folder}/${path}`, variantOf(policy, variant));
}
