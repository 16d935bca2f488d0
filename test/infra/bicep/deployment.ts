import { dirname, join } from "node:path";
import type { Node } from "web-tree-sitter";
import type { Declaration, Declarations } from "./declarations.ts";
import { declarations } from "./declarations.ts";
import type { Scope } from "./evaluate.ts";
import { evaluate, iterations } from "./evaluate.ts";
import { functionsOf } from "./functions.ts";
import { all, parseBicep, parts } from "./parse.ts";
import type { Value, Values } from "./value.ts";
import { at, Runtime, settled, text, values } from "./value.ts";

/** A resource as a deployment would make it. */
export interface Deployed {
  /** Without its version, like Microsoft.Web/sites. */
  readonly type: string;
  readonly apiVersion: string;
  readonly name: string;
  /** The file that declares it, its name without extension: functionApp. */
  readonly file: string;
  readonly symbol: string;
  readonly body: Values;
  /** What it waits for: `file:symbol` of resources, modules with all that is in them. */
  readonly after: ReadonlySet<string>;
}

export interface DeploymentOptions {
  /** What Azure would answer, by the path into the resource: `service.identity.principalId`. */
  readonly runtime?: Readonly<Record<string, string>>;
  /** The sign-in endpoint of the cloud that is deployed to; by default the public one's. */
  readonly loginEndpoint?: string;
}

/** Everything that a deployment of the file with these parameters makes. */
export function deploy(path: string, params: Values, options: DeploymentOptions = {}): Deployed[] {
  return new Deployment(path, params, options, new Set()).resources();
}

class Deployment {
  readonly #declared: Declarations;
  readonly #path: string;
  readonly #params: Values;
  readonly #options: DeploymentOptions;
  readonly #after: ReadonlySet<string>;
  readonly #scope: Scope;
  readonly #modules = new Map<string, Deployment>();

  constructor(path: string, params: Values, options: DeploymentOptions, after: ReadonlySet<string>) {
    this.#declared = declarations(parseBicep(path));
    this.#path = path;
    this.#params = params;
    this.#options = options;
    this.#after = after;
    this.#scope = { names: (name) => this.#named(name), functions: functionsOf(path, options.loginEndpoint) };
    const unknown = Object.keys(params).filter((name) => !this.#declared.params.has(name));
    if (unknown.length > 0) throw new Error(`${path} has no parameter ${unknown.join(", ")}.`);
    const missing = this.#declared.required.filter((name) => !Object.hasOwn(params, name));
    if (missing.length > 0) throw new Error(`${path} needs the parameter ${missing.join(", ")}.`);
  }

  get file(): string {
    return this.#path.replace(/^.*\/|\.bicep$/g, "");
  }

  resources(): Deployed[] {
    return [...this.#declared.deployables.values()].flatMap((declaration) => this.#deployed(declaration));
  }

  output(name: string): Value {
    const node = this.#declared.outputs.get(name);
    if (node === undefined) throw new Error(`${this.#path} has no output ${name}.`);
    return evaluate(node, this.#scope);
  }

  #named(name: string): Value {
    const variable = this.#declared.variables.get(name);
    if (variable !== undefined) return evaluate(variable, this.#scope);
    if (this.#declared.params.has(name)) {
      const standard = this.#declared.params.get(name);
      return this.#params[name] ?? (standard === undefined ? null : evaluate(standard, this.#scope));
    }
    const deployable = this.#declared.deployables.get(name);
    // Of a module that this deployment leaves out nothing can be asked.
    if (deployable?.kind === "module") return this.#wanted(deployable) ? { outputs: this.#outputs(deployable) } : null;
    if (deployable !== undefined) return new Runtime(name, (path) => this.#known(path));
    throw new Error(`${this.#path} declares no ${name}.`);
  }

  /** `name` of a resource is in its body, what an existing child is called says which it is; all else Azure knows. */
  #known(path: string): string | undefined {
    const [, symbol = path, property = ""] = /^(.+?)\.(\w+)$/.exec(path) ?? [];
    const declaration = this.#declared.deployables.get(symbol);
    if (declaration === undefined || declaration.loop !== undefined) return this.#options.runtime?.[path];
    const name = () => text(at(values(evaluate(declaration.body, this.#scope)), "name"));
    if (property === "name") return name();
    if (isExistingChild(declaration) && (property === "" || property === "id")) {
      const segment = /(\w+)@/.exec(declaration.target)?.[1];
      return `<${segment}/${name()}${property && ".id"}>`;
    }
    return this.#options.runtime?.[path];
  }

  #outputs(declaration: Declaration): Values {
    const module = this.#module(declaration, this.#scope, declaration.body);
    return new Proxy(
      {},
      {
        get: (_, name) => module.output(String(name)),
        has: () => true,
        getOwnPropertyDescriptor: () => ({ configurable: true, enumerable: true }),
      },
    );
  }

  #module(declaration: Declaration, scope: Scope, body: Node): Deployment {
    const known = this.#modules.get(declaration.symbol);
    if (known !== undefined && declaration.loop === undefined) return known;
    const path = join(dirname(this.#path), declaration.target);
    const params = values(evaluate(bodyWith(body, "params"), scope));
    const module = new Deployment(path, params, this.#options, this.#waitsFor(declaration));
    this.#modules.set(declaration.symbol, module);
    return module;
  }

  #deployed(declaration: Declaration): Deployed[] {
    if (declaration.existing || !this.#wanted(declaration)) return [];
    const turns =
      declaration.loop === undefined
        ? [{ body: declaration.body, inner: this.#scope }]
        : iterations(loopNode(declaration), this.#scope);
    return turns.flatMap(({ body, inner }) => {
      if (declaration.kind === "module") return this.#module(declaration, inner, body).resources();
      const [type = "", apiVersion = ""] = declaration.target.split("@");
      const made = values(settled(evaluate(body, inner)));
      const { file } = this;
      const after = this.#waitsFor(declaration);
      return [{ type, apiVersion, name: text(made.name), file, symbol: declaration.symbol, body: made, after }];
    });
  }

  #wanted({ condition, within }: Declaration): boolean {
    if (within !== undefined && !this.#wanted(within)) return false;
    return condition === undefined || evaluate(condition, this.#scope) === true;
  }

  /** What the declaration names, in its body or by the variables there, and all that these wait for. */
  #waitsFor(declaration: Declaration): Set<string> {
    const waits = new Set(this.#after);
    const seen = new Set<Node>();
    const visit = (node: Node): void => {
      if (seen.has(node)) return;
      seen.add(node);
      for (const { type, text: name } of all(node)) {
        if (type !== "identifier") continue;
        const variable = this.#declared.variables.get(name);
        if (variable !== undefined) visit(variable);
        const other = this.#declared.deployables.get(name);
        if (other === undefined || other.symbol === declaration.symbol) continue;
        if (!other.existing) waits.add(`${this.file}:${name}`);
        if (other.kind === "module") waits.add(other.target.replace(/^.*\/|\.bicep$/g, ""));
        visit(other.body);
      }
    };
    visit(declaration.node);
    return waits;
  }
}

function bodyWith(body: Node, name: string): Node {
  const property = all(body).find((node) => node.type === "object_property" && node.text.startsWith(`${name}:`));
  const value = property?.lastChild;
  if (value === undefined || value === null) throw new Error(`No ${name} in ${body.text}`);
  return value;
}

function isExistingChild({ existing, body }: Declaration): boolean {
  return existing && parts(body).some((each) => each.text.startsWith("parent:"));
}

function loopNode({ node }: Declaration): Node {
  const found = all(node).find(({ type }) => type === "for_statement");
  if (found === undefined) throw new Error(`No loop in ${node.text}`);
  return found;
}
