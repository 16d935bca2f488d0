import { mkdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { build } from "esbuild";

/** What is deployed: one CommonJS file, under the name that package.json gives as `main`. */
export interface Bundle {
  readonly file: string;
  readonly bytes: number;
}

/**
 * Bundles the function app. CommonJS, because the Functions worker supplies `@azure/functions-core` through
 * CommonJS `require` only; one file, because it starts far faster than a thousand.
 * @throws Error from esbuild when a source does not compile.
 */
export async function bundleFunctions(root: string): Promise<Bundle> {
  const { main } = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as { main: string };
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: ["functions/index.ts"],
    outfile: main,
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node22",
    external: ["@azure/functions-core"],
    // Names stay as they are: stack traces and error names are read by people.
    minifySyntax: true,
    minifyWhitespace: true,
    keepNames: false,
    // In the file itself: what is deployed stays one file, and keeps its notices.
    legalComments: "eof",
    logLevel: "warning",
    write: false,
  });
  await mkdir(dirname(join(root, main)), { recursive: true });
  for (const { path, contents } of outputFiles) {
    // Whole or not at all: an app may be starting from the file meanwhile.
    const draft = `${path}.${process.pid}`;
    await writeFile(draft, contents);
    await rename(draft, path);
  }
  return { file: main, bytes: (await stat(join(root, main))).size };
}
