import { join } from "node:path";
import { bundleFunctions } from "./bundle.ts";

const root = join(import.meta.dirname, "..");
const { main, files, bytes } = await bundleFunctions(root);
process.stdout.write(`${main} and ${files.length - 1} files that it loads: ${Math.round(bytes / 1024)} KiB\n`);
