import { readFile } from "node:fs/promises";
import { arch, cpus, loadavg, platform, totalmem } from "node:os";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "../..");
const MEASURED = ["@azure/functions", "@azure/msal-node", "autocannon", "esbuild", "lru-cache", "undici"];
const BYTES_PER_GIB = 1_073_741_824;

/** On what it was measured. The load average says how busy the machine was with other things. */
export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly system: string;
  readonly loadAverage: number;
}

export function machine(): Machine {
  const processors = cpus();
  return {
    processor: processors[0]?.model.trim() ?? "unknown",
    cores: processors.length,
    memoryGiB: Number((totalmem() / BYTES_PER_GIB).toFixed(1)),
    system: `${platform()} ${arch()}`,
    loadAverage: Number((loadavg()[0] ?? 0).toFixed(2)),
  };
}

/** Of Node and of the packages that take part. */
export async function versions(): Promise<Record<string, string>> {
  const found: Record<string, string> = { node: process.versions.node };
  for (const name of MEASURED) {
    const { version } = JSON.parse(await readFile(join(ROOT, "node_modules", name, "package.json"), "utf8")) as {
      version: string;
    };
    found[name] = version;
  }
  return found;
}
