import { readFile } from "node:fs/promises";
import type { Plugin } from "esbuild";

const LOADS = "const connectH2 = require('./client-h2.js')";
const LOADS_WHEN_NEEDED = "const connectH2 = (...args) => require('./client-h2.js')(...args)";

/**
 * undici's client loads Node's HTTP/2 at its start, and uses it on a connection that has agreed on HTTP/2 only: ours
 * never offer it (`allowH2` is off). It is loaded then, if ever.
 */
export const http2WhenNeeded: Plugin = {
  name: "http2WhenNeeded",
  setup(build) {
    build.onLoad({ filter: /[/\\]undici[/\\]lib[/\\]dispatcher[/\\]client\.js$/ }, async ({ path }) => {
      const source = await readFile(path, "utf8");
      if (source.split(LOADS).length !== 2) throw new Error(`${path} does not contain once: ${LOADS}`);
      return { contents: source.replace(LOADS, LOADS_WHEN_NEEDED), loader: "js" };
    });
  },
};
