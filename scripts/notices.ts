import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** Licences that ask for their notice and nothing else. Of a choice ("A OR B") one is enough. */
const ALLOWED = new Set(["MIT", "ISC", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "0BSD", "BlueOak-1.0.0"]);

const LICENSE_FILE = /^(licen[cs]e|copying)/i;
const NOTICE_FILE = /^(licen[cs]e|copying|notice|third[-_]?party)/i;

/** Packages without a licence text: the LICENSE of their repository, github.com/redis/node-redis. */
const FROM_REPOSITORY: Readonly<Record<string, string>> = {
  "@redis/client": "node-redis.txt",
  "@redis/entraid": "node-redis.txt",
};

/** A package in the bundle. */
interface BundledPackage {
  /** Its name and version, like zod 4.6.7. */
  readonly title: string;
  readonly license: string;
  readonly text: string;
}

const RULE = `${"-".repeat(80)}\n`;

/**
 * The notices of the packages in these folders (below `root`), from the packages' own files. The same packages give the
 * same text, wherever they are installed.
 * @throws Error that lists every package without a licence text, or with a licence that is not allowed.
 */
export async function thirdPartyNotices(root: string, folders: readonly string[]): Promise<string> {
  const found = await Promise.all(
    folders.map((folder) => bundledPackage(join(root, folder)).catch((error: unknown) => String(error))),
  );
  const refused = found.filter((each) => typeof each === "string");
  if (refused.length > 0) throw new Error(`The package cannot be published.\n${refused.sort().join("\n")}`);
  const packages = found
    .filter((each) => typeof each !== "string")
    .sort((a, b) => (a.title < b.title ? -1 : a.title > b.title ? 1 : 0));
  const byText = new Map<string, BundledPackage[]>();
  for (const each of packages) byText.set(each.text, [...(byText.get(each.text) ?? []), each]);
  const sections = [...byText].map(([text, those]) => {
    const titles = [...new Set(those.map(({ title, license }) => `${title} (${license})`))];
    return `${RULE}${titles.join("\n")}\n\n${text}\n`;
  });
  return `obo-gateway contains code of the following packages.\n\n${sections.join("\n")}`;
}

async function bundledPackage(folder: string): Promise<BundledPackage> {
  const { name, version, license } = JSON.parse(await readFile(join(folder, "package.json"), "utf8")) as {
    readonly name: string;
    readonly version: string;
    readonly license?: unknown;
  };
  const title = `${name} ${version}`;
  if (typeof license !== "string" || !isAllowed(license)) {
    throw new Error(`${title}: license ${JSON.stringify(license)}, expected one of ${[...ALLOWED].join(", ")}.`);
  }
  const files = (await readdir(folder)).filter((file) => NOTICE_FILE.test(file)).sort();
  const own = files.some((file) => LICENSE_FILE.test(file));
  const standIn = FROM_REPOSITORY[name];
  if (!own && standIn === undefined) {
    throw new Error(`${title}: no licence text. Add its repository's to FROM_REPOSITORY of scripts/notices.ts.`);
  }
  if (own && standIn !== undefined) {
    throw new Error(`${title}: has a licence text now. Remove it from FROM_REPOSITORY of scripts/notices.ts.`);
  }
  const paths = files.map((file) => join(folder, file));
  if (standIn !== undefined) paths.unshift(join(import.meta.dirname, "notices", standIn));
  const texts = await Promise.all(paths.map((path) => readFile(path, "utf8")));
  return { title, license, text: texts.map((text) => text.replaceAll("\r\n", "\n").trim()).join("\n\n") };
}

function isAllowed(license: string): boolean {
  const choices = license.replace(/^\((.*)\)$/, "$1").split(" OR ");
  return choices.some((choice) => ALLOWED.has(choice));
}
