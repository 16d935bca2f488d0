import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import type { BuildOptions, Metafile } from "esbuild";
import { build, transform } from "esbuild";
import { http2WhenNeeded } from "./http2WhenNeeded.ts";

/** What is deployed: CommonJS files, the one that package.json names as `main` and those that it loads. */
export interface Bundle {
  readonly main: string;
  /** All of them, the main one first: paths below the project's root, with forward slashes. */
  readonly files: readonly string[];
  readonly bytes: number;
  /** The folders of the packages whose code is in it, below the project's root, with forward slashes. */
  readonly packages: readonly string[];
}

const STYLE = {
  target: "node22",
  // Names stay as they are: stack traces and error names are read by people.
  minifySyntax: true,
  minifyWhitespace: true,
  keepNames: false,
  // In the files themselves: what is deployed keeps its notices.
  legalComments: "eof",
  logLevel: "warning",
} as const satisfies BuildOptions;

/**
 * Bundles the function app. CommonJS, because the Functions worker supplies `@azure/functions-core` through CommonJS
 * `require` only. What the start needs is in the main file and what it shares with others, since few files start far
 * faster than a thousand; what is imported when needed (`await import()`) is in files of its own, since V8 reads a file
 * whole. No module is in two files: there is one of each class and of each state.
 * @throws Error from esbuild when a source does not compile, and when a CommonJS package is what `import()` names.
 */
export async function bundleFunctions(root: string): Promise<Bundle> {
  const { main } = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as { main: string };
  const name = main.replace(/\.cjs$/, "");
  const { outputFiles, metafile } = await build({
    ...STYLE,
    absWorkingDir: root,
    entryPoints: [{ in: "functions/index.ts", out: name }],
    outdir: ".",
    outExtension: { ".js": ".cjs" },
    chunkNames: `${name}/[name]-[hash]`,
    bundle: true,
    // esbuild splits ECMAScript modules only; what it makes of them becomes CommonJS below.
    splitting: true,
    format: "esm",
    platform: "node",
    external: ["@azure/functions-core"],
    plugins: [http2WhenNeeded],
    metafile: true,
    write: false,
  });
  for (const { entryPoint = "", exports } of Object.values(metafile.outputs)) {
    if (entryPoint.includes("node_modules/") && exports.join() === "default") {
      throw new Error(
        `${entryPoint} is CommonJS: imported when needed it has no names in a bundle. Import a module of ours that exports them.`,
      );
    }
  }
  const code = new Map<string, string>();
  for (const { path, text } of outputFiles) {
    const file = relative(root, path).split(sep).join("/");
    code.set(file, await commonJs(file, text));
  }
  const files = [main, ...[...code.keys()].filter((file) => file !== main).sort()];
  // The main file last: once it is there, so is all that it loads. What an older one loads stays, for apps that run it.
  for (const file of files.toReversed()) await writeWhole(join(root, file), code.get(file) ?? "");
  const bytes = [...code.values()].reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  return { main, files, bytes, packages: packagesOf(metafile) };
}

/** A file of which nothing is left in the output is not in it. */
function packagesOf({ outputs }: Metafile): string[] {
  const inputs = Object.values(outputs).flatMap((output) => Object.entries(output.inputs));
  const folders = inputs.flatMap(([path, { bytesInOutput }]) => {
    const [folder] = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path) ?? [];
    return folder === undefined || bytesInOutput === 0 ? [] : [folder];
  });
  return [...new Set(folders)].sort();
}

async function commonJs(file: string, module: string): Promise<string> {
  const { code } = await transform(module, {
    ...STYLE,
    sourcefile: file,
    platform: "node",
    format: "cjs",
    // import() would load CommonJS too, but later: require() is what the worker supplies its module to.
    supported: { "dynamic-import": false },
    // CommonJS has no import.meta; a dependency that asks where it lies is told.
    ...(module.includes("import.meta.url") && {
      define: { "import.meta.url": "moduleUrl" },
      banner: 'const moduleUrl = require("node:url").pathToFileURL(__filename).href;',
    }),
  });
  return code;
}

/** Whole or not at all: an app may be starting from the file meanwhile. */
async function writeWhole(path: string, content: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const draft = `${path}.${process.pid}`;
  await writeFile(draft, content);
  await rename(draft, path);
}
