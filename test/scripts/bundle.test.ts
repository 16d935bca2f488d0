import { execFile } from "node:child_process";
import { cp, mkdtemp, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Bundle } from "../../scripts/bundle.ts";
import { bundleFunctions } from "../../scripts/bundle.ts";

const ROOT = join(import.meta.dirname, "../..");

/** Loads files of the bundle in a process of its own, and says which of its files that process has then. */
const SCRIPT = `
  import { createRequire } from "node:module";
  import { join } from "node:path";
  import { supplyCoreModule } from "./packages/local-azure/src/functionsHost/worker/coreApi.ts";
  import { WorkerApp } from "./packages/local-azure/src/functionsHost/worker/workerApp.ts";
  const [root, ...files] = process.argv.slice(1);
  supplyCoreModule(new WorkerApp(() => undefined));
  console.info = console.warn = console.error = () => undefined;
  const require = createRequire(join(root, "package.json"));
  for (const file of files) require(join(root, file));
  process.stdout.write(JSON.stringify(Object.keys(require.cache)));
`;

describe("the bundle", () => {
  let root = "";
  let bundle: Bundle;
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), "bundle-"));
    for (const each of ["functions", "shared", "host.json", "package.json"]) {
      await cp(join(ROOT, each), join(root, each), { recursive: true });
    }
    await symlink(join(ROOT, "node_modules"), join(root, "node_modules"), "junction");
    bundle = await bundleFunctions(root);
  });
  afterAll(() => rm(root, { recursive: true, force: true }));

  const loading = async (...files: readonly string[]): Promise<string[]> => {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ["--input-type=module", "--eval", SCRIPT, root, ...files],
      { cwd: ROOT, env: { PATH: process.env.PATH } },
    );
    return (JSON.parse(stdout) as string[]).map((file) => relative(root, file).replaceAll("\\", "/"));
  };

  it("starts from less than a third of its bytes, in few files, with nothing from outside", async () => {
    const files = await loading(bundle.main);
    expect(bundle.files).toEqual(expect.arrayContaining(files));
    expect(files.length).toBeLessThanOrEqual(5);
    const sizes = await Promise.all(files.map(async (file) => (await stat(join(root, file))).size));
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(bundle.bytes / 3);
    for (const later of ["onBehalfOfExchange", "pkcs12"]) {
      expect(bundle.files.join("\n")).toContain(`/${later}-`);
      expect(files.join("\n")).not.toContain(`/${later}-`);
    }
  });

  it("is refused where import() names a CommonJS package, whose names would be missing", async () => {
    const link = join(root, "shared/exchange/redis/redisLink.ts");
    const source = await readFile(link, "utf8");
    await writeFile(link, source.replace('import("./redisClient.ts")', 'import("@redis/client")'));
    await expect(bundleFunctions(root)).rejects.toThrow("@redis/client/dist/index.js is CommonJS");
    await writeFile(link, source);
  });

  it("has files that load one another whatever comes first", async () => {
    for (const file of bundle.files) expect(bundle.files).toEqual(expect.arrayContaining(await loading(file)));
    expect((await loading(...bundle.files)).sort()).toEqual([...bundle.files].sort());
  });
});
