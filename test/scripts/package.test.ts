import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, posix, relative } from "node:path";
import { unzipSync } from "fflate";
import { afterAll, describe, expect, it, vi } from "vitest";
import { bundleFunctions } from "../../scripts/bundle.ts";
import { thirdPartyNotices } from "../../scripts/notices.ts";
import { FOLDER, NOTICES, writePackage, ZIP } from "../../scripts/package.ts";

const ROOT = join(import.meta.dirname, "../..");
const LIMIT_BYTES = 3_000_000;
const copies: string[] = [];

/** The project elsewhere: its sources copied, the installed packages its own. */
async function copy(): Promise<string> {
  const to = await mkdtemp(join(tmpdir(), "package-"));
  copies.push(to);
  for (const each of ["functions", "shared", "host.json", "package.json", "LICENSE"]) {
    await cp(join(ROOT, each), join(to, each), { recursive: true });
  }
  await symlink(join(ROOT, "node_modules"), join(to, "node_modules"), "junction");
  return to;
}

afterAll(async () => {
  for (const each of copies) await rm(each, { recursive: true, force: true });
});

describe("npm run package", () => {
  it("makes a zip of host.json, package.json, the licences and the bundle's files, under 3 MB", async () => {
    const root = await copy();
    const { bytes } = await writePackage(root);
    const zip = await readFile(join(root, ZIP));
    expect(zip.length).toBe(bytes);
    expect(bytes).toBeLessThan(LIMIT_BYTES);
    const files = unzipSync(zip);
    const [host, manifest, license, notices, main, ...later] = Object.keys(files);
    const fixed = ["host.json", "package.json", "LICENSE", NOTICES, "dist/functions.cjs"];
    expect([host, manifest, license, notices, main]).toEqual(fixed);
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

  it("carries our licence, the one that package.json names", async () => {
    const root = await copy();
    await writePackage(root);
    const { LICENSE } = unzipSync(await readFile(join(root, ZIP)));
    const text = Buffer.from(LICENSE ?? []).toString();
    expect(text).toBe(await readFile(join(ROOT, "LICENSE"), "utf8"));
    expect(text).toMatch(/^MIT License\n\nCopyright \(c\) 2026 obo-gateway contributors\n/);
    expect(JSON.parse(await readFile(join(ROOT, "package.json"), "utf8")).license).toBe("MIT");
  });

  it("carries the notice of every package in the bundle, and of no other", async () => {
    const root = await copy();
    await writePackage(root);
    const files = unzipSync(await readFile(join(root, ZIP)));
    const notices = Buffer.from(files[NOTICES] ?? []).toString();
    const { packages } = await bundleFunctions(root);
    const titles = new Set<string>();
    for (const folder of packages) {
      const { name, version, license } = JSON.parse(await readFile(join(root, folder, "package.json"), "utf8"));
      titles.add(`${name} ${version} (${license})`);
      for (const file of await readdir(join(root, folder))) {
        if (!/^licen[cs]e|^notice/i.test(file)) continue;
        const own = await readFile(join(root, folder, file), "utf8");
        expect(notices, `${folder}/${file}`).toContain(own.replaceAll("\r\n", "\n").trim());
      }
    }
    expect([...notices.matchAll(/^(?:@[\w-]+\/)?[\w.-]+ \d+\.\d+\.\d+ \(.+\)$/gm)].map(String).sort()).toEqual(
      [...titles].sort(),
    );
    // What the app imports is there, what only tests and builds use is not.
    for (const name of ["undici", "jose", "zod", "lru-cache", "@azure/msal-node", "@redis/client"]) {
      expect(notices).toMatch(new RegExp(`^${name} \\d`, "m"));
    }
    expect(notices).not.toMatch(/^(esbuild|vitest|fflate|typescript) /m);
    expect(notices).toContain("Copyright (c) 2022-2025, Redis, inc.");
  });
});

describe("the notices", () => {
  const installed = async (packages: Readonly<Record<string, Readonly<Record<string, string>>>>): Promise<string> => {
    const root = await mkdtemp(join(tmpdir(), "package-"));
    copies.push(root);
    for (const [folder, files] of Object.entries(packages)) {
      await mkdir(join(root, folder), { recursive: true });
      for (const [file, content] of Object.entries(files)) await writeFile(join(root, folder, file), content);
    }
    return thirdPartyNotices(root, Object.keys(packages));
  };
  const manifest = (name: string, license: unknown) => JSON.stringify({ name, version: "1.2.3", license });

  it.each([
    ["GPL-2.0", "GPL-2.0"],
    ["MIT AND GPL-2.0", "MIT AND GPL-2.0"],
    ["SEE LICENSE IN LICENSE", "SEE LICENSE IN LICENSE"],
    ["UNLICENSED", "UNLICENSED"],
    ["none", undefined],
    ["an object", { type: "MIT" }],
  ])("refuse a package with the licence: %s", async (_, license) => {
    const files = { "package.json": manifest("one", license), LICENSE: "text" };
    await expect(installed({ one: files })).rejects.toThrow("one 1.2.3: license");
  });

  it("take one of several licences that can be chosen", async () => {
    const files = { "package.json": manifest("one", "(BSD-3-Clause OR GPL-2.0)"), LICENSE: "text" };
    expect(await installed({ one: files })).toContain("one 1.2.3 ((BSD-3-Clause OR GPL-2.0))\n\ntext\n");
  });

  it("refuse packages without a licence text, and name each", async () => {
    const bare = (name: string) => ({ "package.json": manifest(name, "MIT"), "README.md": "MIT", NOTICE: "notice" });
    const both = installed({ one: bare("one"), other: bare("other") });
    await expect(both).rejects.toThrow(/one 1\.2\.3: no licence text.*\n.*other 1\.2\.3: no licence text/);
  });

  it("refuse a text that stands in for one which the package has by now", async () => {
    const files = { "package.json": manifest("@redis/client", "MIT"), LICENSE: "text" };
    await expect(installed({ redis: files })).rejects.toThrow("@redis/client 1.2.3: has a licence text now");
  });

  it("hold each text once, in the same order wherever packages are installed", async () => {
    const files = (name: string, text: string) => ({ "package.json": manifest(name, "MIT"), "license.md": text });
    const b = { ...files("b", "same"), NOTICE: "notice of b" };
    const one = await installed({ "x/b": b, "x/a": files("a", "same\r\n"), "x/c": files("c", "same") });
    const other = await installed({ c: files("c", "same"), "y/a": files("a", "same"), "y/b": b });
    expect(one).toBe(other);
    expect(one).toMatch(/\na 1\.2\.3 \(MIT\)\nc 1\.2\.3 \(MIT\)\n\nsame\n\n-+\nb 1\.2\.3 \(MIT\)\n/);
    expect(one).toContain("notice of b");
  });
});
