import { join } from "node:path";
import { bundleFunctions } from "./bundle.ts";

const root = join(import.meta.dirname, "..");
const { file, bytes } = await bundleFunctions(root);
process.stdout.write(`${file}: ${Math.round(bytes / 1024)} KiB\n`);
