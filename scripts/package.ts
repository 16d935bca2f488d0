import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { strToU8, zipSync } from "fflate";
import { bundleFunctions } from "./bundle.ts";
import { thirdPartyNotices } from "./notices.ts";

/** The zip that is deployed, and a folder with the same content for tools that make their own (func, azd). */
export const ZIP = "dist/obo-gateway.zip";
export const FOLDER = "dist/package";
/** In both: whose code the bundle holds, and under which terms. */
export const NOTICES = "THIRD-PARTY-NOTICES.txt";

/** All that the Functions worker reads of package.json: scripts and dependencies would only invite a build on Azure. */
const WORKER_KEYS = ["name", "version", "type", "main"];

/** The earliest time that a zip can name, which it does without a zone. One for all: the same sources give the same bytes. */
const earliestTime = () => new Date(1980, 0, 1);
const UNIX = 3;
/** -rw-r--r--, where Unix keeps it in a zip's external attributes. */
const ATTRIBUTES = 0o100644 << 16;

export interface Package {
  readonly zip: string;
  readonly bytes: number;
}

/**
 * Bundles the function app and writes what is deployed: host.json, package.json, the bundle's files, and the licences of
 * ours and of the packages in it, nothing else. `to` is where the zip and the folder go, the project's root by default.
 * @throws Error from esbuild when a source does not compile, and where a package's licence is missing or not allowed.
 */
export async function writePackage(root: string, to = root): Promise<Package> {
  const { files: bundle, packages } = await bundleFunctions(root);
  const whole = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as Record<string, unknown>;
  const worker = Object.fromEntries(WORKER_KEYS.map((key) => [key, whole[key]]));
  const files: Record<string, Uint8Array> = {
    "host.json": await readFile(join(root, "host.json")),
    "package.json": strToU8(`${JSON.stringify(worker, undefined, 2)}\n`),
  };
  files.LICENSE = await readFile(join(root, "LICENSE"));
  files[NOTICES] = strToU8(await thirdPartyNotices(root, packages));
  for (const file of bundle) files[file] = await readFile(join(root, file));
  await rm(join(to, FOLDER), { recursive: true, force: true });
  for (const [name, content] of Object.entries(files)) {
    const target = join(to, FOLDER, name);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, content);
  }
  const zip = zipSync(files, { level: 9, mtime: earliestTime(), os: UNIX, attrs: ATTRIBUTES });
  await writeFile(join(to, ZIP), zip);
  return { zip: ZIP, bytes: zip.length };
}

if (import.meta.main) {
  const { zip, bytes } = await writePackage(join(import.meta.dirname, ".."));
  process.stdout.write(`${zip}: ${Math.round(bytes / 1024)} KiB (and unpacked in ${FOLDER}/)\n`);
}
