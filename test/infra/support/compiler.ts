import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, relative } from "node:path";
import type { Value, Values } from "../bicep/value.ts";
import { isList, isValues, list, text, values } from "../bicep/value.ts";
import { CLIENT_ID, GRAPH, INFRA, MAIN } from "./deployments.ts";

const names = process.platform === "win32" ? ["bicep.exe"] : ["bicep"];
const onPath = (process.env.PATH ?? "").split(delimiter).flatMap((folder) => names.map((name) => join(folder, name)));

/** Microsoft's Bicep compiler, by BICEP_PATH or on PATH; undefined where there is none. */
export const COMPILER = process.env.BICEP_PATH ?? onPath.find((file) => existsSync(file));

export interface CompilerResult {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the compiler in infra/. */
export function compiler(...args: readonly string[]): CompilerResult {
  const env = { ...process.env, OBO_CLIENT_ID: CLIENT_ID, OBO_PUBLISHER_EMAIL: "operator@example.com" };
  return spawnSync(COMPILER ?? "bicep", args, { cwd: INFRA, env, encoding: "utf8" });
}

/** A resource of the compiled template, as Azure Resource Manager's own engine evaluates it. */
export interface Predicted {
  readonly id: string;
  readonly type: string;
  readonly name: string;
  readonly properties: Values;
}

/**
 * The resources that Azure would be asked for: main.bicep compiled, and its template evaluated by the compiler.
 * @throws Error with the compiler's message where it refuses the parameters.
 */
export function predicted(params: Values = {}): Predicted[] {
  const folder = mkdtempSync(join(tmpdir(), "bicep-"));
  try {
    const least = { publisherEmail: "operator@example.com", clientId: CLIENT_ID, downstreamApis: [GRAPH] };
    const given = Object.entries({ ...least, ...params }).map(([name, value]) => `param ${name} = ${literal(value)}`);
    const main = relative(folder, MAIN).replaceAll("\\", "/");
    writeFileSync(join(folder, "main.bicepparam"), [`using '${main}'`, ...given, ""].join("\n"));
    const ids = ["--subscription-id", "00000000-0000-0000-0000-000000000000", "--resource-group", "g"];
    const { status, stderr } = compiler("snapshot", join(folder, "main.bicepparam"), "--mode", "overwrite", ...ids);
    if (status !== 0) throw new Error(stderr);
    const snapshot = values(JSON.parse(readFileSync(join(folder, "main.snapshot.json"), "utf8")));
    return list(snapshot.predictedResources)
      .map(values)
      .map(({ id, type, name, properties }) => ({
        id: text(id),
        type: text(type),
        name: text(name),
        properties: isValues(properties) ? properties : {},
      }));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A value as Bicep writes it. */
function literal(value: Value): string {
  if (typeof value === "string") return `'${value.replaceAll(/['\\$]/g, "\\$&").replaceAll("\t", "\\t")}'`;
  if (isList(value)) return `[${value.map(literal).join(", ")}]`;
  if (isValues(value)) {
    const properties = Object.entries(value).map(([name, of]) => `${name}: ${literal(of)}`);
    return `{ ${properties.join(", ")} }`;
  }
  return text(value);
}
