import { glob, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

interface PackageJson {
  readonly main?: string;
  readonly type?: string;
}

/**
 * Loads the files that `main` of the app's package.json names (a path or a glob), in the order of their names.
 * @throws what a file throws while it loads, or Error when the pattern names no file.
 */
export async function loadEntry(appDirectory: string): Promise<void> {
  const packageFile = join(appDirectory, "package.json");
  const { main, type }: PackageJson = JSON.parse(await readFile(packageFile, "utf8"));
  if (main === undefined || main === "") throw new Error(`${packageFile} has no "main".`);
  const files: string[] = [];
  for await (const file of glob(main, { cwd: appDirectory })) files.push(file);
  if (files.length === 0) throw new Error(`"main" of ${packageFile} ("${main}") matches no file.`);
  const require = createRequire(packageFile);
  for (const file of files.sort()) {
    const path = join(appDirectory, file);
    if (isModule(path, type)) await import(pathToFileURL(path).href);
    else require(path);
  }
}

function isModule(path: string, packageType: string | undefined): boolean {
  return path.endsWith(".mjs") || (!path.endsWith(".cjs") && packageType === "module");
}
