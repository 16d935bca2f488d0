import { join } from "node:path";
import { bundleFunctions } from "../scripts/bundle.ts";

/** Builds what is deployed, once for all test files: they run the bundle, never the sources. */
export async function setup(): Promise<void> {
  await bundleFunctions(join(import.meta.dirname, ".."));
}
