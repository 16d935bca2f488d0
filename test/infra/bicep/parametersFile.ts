import { declarations } from "./declarations.ts";
import { evaluate } from "./evaluate.ts";
import type { Argument } from "./functions.ts";
import { parseBicep } from "./parse.ts";
import type { Values } from "./value.ts";

/** What a parameters file says, with the environment variables it asks for. */
export function parametersOf(path: string, environment: Readonly<Record<string, string>>): Values {
  const scope = {
    names: (name: string): never => {
      throw new Error(`${path} declares no ${name}.`);
    },
    functions: {
      readEnvironmentVariable: ([name, standard]: readonly Argument[]) => {
        const found = environment[String(name)];
        return found ?? (typeof standard === "string" ? standard : null);
      },
    },
  };
  const values = [...declarations(parseBicep(path)).params].flatMap(([name, node]) =>
    node === undefined ? [] : [[name, evaluate(node, scope)] as const],
  );
  return Object.fromEntries(values);
}
