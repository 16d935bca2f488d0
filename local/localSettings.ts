import { existsSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { UsageError } from "./cli/program.ts";

/** Marks a file as written here: one that somebody wrote by hand is never overwritten. */
const MARK = "WrittenByLocalAzure";

/**
 * Writes app settings as Core Tools and `npm run host` read them.
 * @throws UsageError when a file of another origin is in the way.
 */
export async function writeLocalSettings(file: string, settings: Readonly<Record<string, string>>): Promise<void> {
  if (existsSync(file) && !(await isOurs(file))) {
    throw new UsageError(`${file} exists and was not written by npm start: move it away first.`);
  }
  const content = { IsEncrypted: false, Values: { ...settings, [MARK]: "true" } };
  // It holds the throw-away secrets of this run: for nobody else's eyes.
  await writeFile(file, `${JSON.stringify(content, undefined, 2)}\n`, { mode: 0o600 });
}

export async function removeLocalSettings(file: string): Promise<void> {
  if (existsSync(file) && (await isOurs(file))) await rm(file);
}

async function isOurs(file: string): Promise<boolean> {
  return (await readFile(file, "utf8")).includes(`"${MARK}": "true"`);
}
