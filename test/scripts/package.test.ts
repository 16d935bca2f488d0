import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, posix, relative } from "node:path";
import { unzipSync } from "fflate";
import { afterAll, describe, expect, it, vi } from "vitest";
import { FOLDER, writePackage, ZIP } from "../../scripts/package.ts";

const ROOT = join(import.meta.dirname, "../..");
const LIMIT_BYTES = 3_000_000;
const copies: string[] = [];

/** The project elsewhere: its sources copied, the installed packages its own. */
async function copy(): Promise<string> {
  const to = await mkdtemp(join(tmpdir(), "package-"));
  copies.push(to);
  for (const each of ["functions", "shared", "host.json", "package.json"]) {
    await cp(join(ROOT, each), join(to, each), { recursive: true });
  }
  await symlink(join(ROOT, "node_modules"), join(to, "node_modules"), "junction");
  return to;
}

afterAll(async () => {
  for (const each of copies) await rm(each, { recursive: true, force: true });
});

describe("npm run package", () => {
  it("makes a zip of host.json, package.json and the bundle's files, under 3 MB", async () => {
    const root = await copy();
    const { bytes } = await writePackage(root);
    const zip = await readFile(join(root, ZIP));
    expect(zip.length).toBe(bytes);
    expect(bytes).toBeLessThan(LIMIT_BYTES);
    const files = unzipSync(zip);
    const [first, second, main, ...later] = Object.keys(files);
    expect([first, second, main]).toEqual(["host.json", "package.json", "dist/functions.cjs"]);
    for (const name of later) expect(name).toMatch(/^dist\/functions\/[\w-]+\.cjs$/);
    expect(Buffer.from(files["host.json"] ?? [])).toEqual(await readFile(join(ROOT, "host.json")));
    expect(JSON.parse(Buffer.from(files["package.json"] ?? []).toString())).toEqual({
      name: "obo-gateway",
      version: expect.any(String),
      type: "module",
      main: "dist/functions.cjs",
    });
    expect(Buffer.from(files["dist/functions.cjs"] ?? []).toString()).toContain("@azure/functions-core");
  });

  it("holds every file that one of its files loads, and no other", async () => {
    const root = await copy();
    // What an older bundle left behind is not deployed.
    await mkdir(join(root, "dist/functions"), { recursive: true });
    await writeFile(join(root, "dist/functions/older-AAAAAAAA.cjs"), "");
    await writePackage(root);
    const files = unzipSync(await readFile(join(root, ZIP)));
    const loaded = Object.entries(files).flatMap(([name, content]) =>
      [
        ...Buffer.from(content)
          .toString()
          .matchAll(/require\("(\.[^"]+)"\)/g),
      ].map(([, path = ""]) => posix.join(posix.dirname(name), path)),
    );
    const modules = Object.keys(files).filter((name) => name.startsWith("dist/functions/"));
    expect(modules.length).toBeGreaterThan(0);
    expect([...new Set(loaded)].sort()).toEqual(modules);
  });

  it("leaves the same in a folder, for func and azd, and nothing of an older one", async () => {
    const root = await copy();
    await cp(join(ROOT, "host.json"), join(root, FOLDER, "stale.json"));
    await writePackage(root);
    const files = unzipSync(await readFile(join(root, ZIP)));
    const found = (await readdir(join(root, FOLDER), { recursive: true, withFileTypes: true })).filter((entry) =>
      entry.isFile(),
    );
    const paths = found.map(({ name, parentPath }) => relative(join(root, FOLDER), join(parentPath, name)));
    expect(paths.map((path) => path.replaceAll("\\", "/")).sort()).toEqual(Object.keys(files).sort());
    for (const [name, content] of Object.entries(files)) {
      expect(Buffer.from(content).equals(await readFile(join(root, FOLDER, name))), name).toBe(true);
    }
  });

  it("makes the same bytes wherever and whenever it runs", async () => {
    const [one, other] = [await copy(), await copy()];
    vi.stubEnv("TZ", "America/Los_Angeles");
    await writePackage(one);
    vi.stubEnv("TZ", "Pacific/Auckland");
    await writePackage(other);
    expect((await readFile(join(one, ZIP))).equals(await readFile(join(other, ZIP)))).toBe(true);
  });
});
