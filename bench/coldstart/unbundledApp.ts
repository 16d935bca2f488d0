import { cp, glob, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { transform } from "esbuild";

const ROOT = join(import.meta.dirname, "../..");
const RELATIVE_IMPORT = /((?:require|import)\(["']\.{1,2}\/[^"']+)\.ts(["']\))/g;
/** The worker supplies `@azure/functions-core` to `require` alone. */
const FORMAT = { loader: "ts", format: "cjs", target: "node22" } as const;

/**
 * The app as a compiler leaves it: one JavaScript file per source, and node_modules beside.
 * @returns its app directory
 */
export async function buildUnbundled(): Promise<string> {
  const directory = join(ROOT, "dist/bench/unbundled");
  await rm(directory, { recursive: true, force: true });
  for await (const source of glob("{functions,shared}/**/*.ts", { cwd: ROOT })) {
    const { code } = await transform(await readFile(join(ROOT, source), "utf8"), FORMAT);
    const file = join(directory, source.replace(/\.ts$/, ".js"));
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, code.replaceAll(RELATIVE_IMPORT, "$1.js$2"));
  }
  await cp(join(ROOT, "host.json"), join(directory, "host.json"));
  const manifest = { name: "unbundled", private: true, type: "commonjs", main: "functions/index.js" };
  await writeFile(join(directory, "package.json"), JSON.stringify(manifest));
  return directory;
}
