import { readdirSync, readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { dirname, join, relative, resolve, sep } from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";

const ROOT = join(import.meta.dirname, "..");
const PACKAGES = readdirSync(join(ROOT, "packages"));
const manifest = z.object({
  name: z.string(),
  dependencies: z.record(z.string(), z.string()).default({}),
  devDependencies: z.record(z.string(), z.string()).default({}),
});

/** What each package may use of the other packages outside of its tests. */
const USES: Readonly<Record<string, readonly string[]>> = {
  "local-apim": ["@obo-gateway/local-azure", "@obo-gateway/policy-expressions"],
  "local-azure": [],
  "policy-expressions": [],
};

interface Import {
  /** Below the project's root, with forward slashes. */
  readonly file: string;
  readonly specifier: string;
  /** The imported file below the project's root; undefined where the specifier names a package. */
  readonly target: string | undefined;
}

const STATEMENT = /^\s*(?:import|export)\b(?:[^"'`;]*?\bfrom)?\s*["']([^"']+)["']/gm;
const EXPRESSION = /\bimport\(\s*["']([^"']+)["']/g;

/** All imports of a file, those of types too. */
function importsOf(file: string, source: string): Import[] {
  const found = [STATEMENT, EXPRESSION].flatMap((pattern) => [...source.matchAll(pattern)]);
  return found.map(([, specifier = ""]) => {
    const isPath = specifier.startsWith(".");
    const target = isPath ? resolve(ROOT, dirname(file), specifier) : undefined;
    return { file, specifier, target: target && relative(ROOT, target).split(sep).join("/") };
  });
}

function importsIn(folder: string): Import[] {
  const files = readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => `${folder}/${file.split(sep).join("/")}`);
  return files.flatMap((file) => importsOf(file, readFileSync(join(ROOT, file), "utf8")));
}

const packageOf = (specifier: string): string =>
  specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");

/** The imports that leave `folder` by a path, or name a package that is not in `known`. */
function foreign(folder: string, imports: readonly Import[], known: ReadonlySet<string>): string[] {
  return imports
    .filter(({ specifier, target }) =>
      target === undefined
        ? !isBuiltin(specifier) && !known.has(packageOf(specifier))
        : !target.startsWith(`${folder}/`),
    )
    .map(({ file, specifier }) => `${file}: ${specifier}`);
}

function manifestOf(name: string): z.infer<typeof manifest> {
  return manifest.parse(JSON.parse(readFileSync(join(ROOT, "packages", name, "package.json"), "utf8")));
}

describe("the import check", () => {
  const source = [
    'import { a } from "../../../../functions/app.ts";',
    "import type {",
    "  B,",
    '} from "../../../local-apim/src/apim.ts";',
    'export * from "./own.ts";',
    'import "yaml";',
    'const c = await import("../../../../scripts/bundle.ts");',
    'import { readFile } from "node:fs/promises";',
    'import { z } from "zod";',
  ].join("\n");

  it("reports imports that leave the package at any depth, types and import() included, and undeclared packages", () => {
    const file = "packages/local-azure/src/entra/file.ts";
    const found = foreign("packages/local-azure", importsOf(file, source), new Set(["zod"]));
    expect(found.map((each) => each.replace(`${file}: `, "")).sort()).toEqual(
      [
        "../../../../functions/app.ts",
        "../../../../scripts/bundle.ts",
        "../../../local-apim/src/apim.ts",
        "yaml",
      ].sort(),
    );
  });
});

describe.each(PACKAGES)("packages/%s", (name) => {
  const folder = `packages/${name}`;
  const { name: full, dependencies, devDependencies } = manifestOf(name);

  it("imports from src only its own src and its declared dependencies", () => {
    const imports = importsIn(`${folder}/src`);
    expect(imports.length).toBeGreaterThan(0);
    expect(foreign(`${folder}/src`, imports, new Set(Object.keys(dependencies)))).toEqual([]);
  });

  it("imports from its tests only itself and its declared dependencies", () => {
    const known = new Set([...Object.keys(dependencies), ...Object.keys(devDependencies)]);
    expect(foreign(folder, importsIn(`${folder}/test`), known)).toEqual([]);
  });

  it("declares no dependency on another package beyond those that it is made on", () => {
    const others = Object.keys(dependencies).filter((each) => each.startsWith("@obo-gateway/"));
    expect(others.sort()).toEqual(USES[name]);
  });

  it("declares each dependency, and in the version of the whole project", () => {
    const whole = manifest.parse(JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")));
    const locked = { ...whole.devDependencies, ...whole.dependencies };
    expect(full).toBe(`@obo-gateway/${name}`);
    for (const [each, version] of Object.entries({ ...dependencies, ...devDependencies })) {
      expect.soft(`${each} ${version}`).toBe(`${each} ${locked[each]}`);
    }
  });
});

describe("the deployed app", () => {
  it.each(["functions", "shared"])(
    "imports nothing of packages/, local/ or other development code, in %s/",
    (folder) => {
      const imports = importsIn(folder);
      expect(imports.length).toBeGreaterThan(0);
      const outside = imports.filter(({ specifier, target }) =>
        target === undefined
          ? specifier.startsWith("@obo-gateway/")
          : !/^(functions|shared)\/|^host\.json$/.test(target),
      );
      expect(outside).toEqual([]);
    },
  );
});
