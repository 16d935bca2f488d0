import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { unzipSync } from "fflate";
import type { TestProject } from "vitest/node";
import { writePackage, ZIP } from "../scripts/package.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The folder that the deployed zip was unpacked into, for the Functions host to start from. Read only. */
    packagedApp: string;
  }
}

/**
 * Makes the zip that is deployed and unpacks it, once for all test files: they run what it holds, never the sources. Away
 * from the project, so that what the zip lacks is not found there.
 * @returns what takes it away again
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), "packaged-app-"));
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    await writePackage(join(import.meta.dirname, ".."), folder);
    const app = join(folder, "app");
    await unpack(join(folder, ZIP), app);
    project.provide("packagedApp", app);
    return remove;
  } catch (error) {
    await remove();
    throw error;
  }
}

async function unpack(zip: string, to: string): Promise<void> {
  for (const [name, content] of Object.entries(unzipSync(await readFile(zip)))) {
    const target = join(to, name);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, content);
  }
}
