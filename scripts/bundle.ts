import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
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
  await build({
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
    legalComments: "linked",
    logLevel: "warning",
  });
  return { file: main, bytes: (await stat(join(root, main))).size };
}
