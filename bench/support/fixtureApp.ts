import { cp, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";

const ROOT = join(import.meta.dirname, "../..");

/**
 * Bundles one of `bench/apps`, or of another folder, as ours is bundled, into an app directory of its own.
 * @returns that directory, for the Functions host
 */
export async function buildFixtureApp(name: string, folder = "bench/apps"): Promise<string> {
  const directory = join(ROOT, "dist/bench", name);
  await mkdir(directory, { recursive: true });
  await build({
    absWorkingDir: ROOT,
    entryPoints: [`${folder}/${name}.ts`],
    outfile: join(directory, "functions.cjs"),
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node22",
    external: ["@azure/functions-core"],
    minifySyntax: true,
    minifyWhitespace: true,
    logLevel: "warning",
  });
  await cp(join(ROOT, "host.json"), join(directory, "host.json"));
  await writeFile(join(directory, "package.json"), JSON.stringify({ name, private: true, main: "functions.cjs" }));
  return directory;
}
