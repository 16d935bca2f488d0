import type { Node } from "web-tree-sitter";
import type { BicepFile } from "./parse.ts";
import { assigned, part, parts } from "./parse.ts";

/** A resource or module declaration; `condition` and `loop` are what stands between its `=` and its body. */
export interface Declaration {
  readonly kind: "resource" | "module";
  readonly symbol: string;
  /** `Type@version`, or the module's path. */
  readonly target: string;
  readonly existing: boolean;
  readonly node: Node;
  readonly body: Node;
  readonly condition: Node | undefined;
  readonly loop: Loop | undefined;
  /** The declaration it is nested in. */
  readonly within: Declaration | undefined;
}

export interface Loop {
  readonly item: string;
  readonly index: string | undefined;
  readonly over: Node;
  readonly body: Node;
}

/** What a file declares, by name. */
export interface Declarations {
  /** Their defaults; undefined for none. */
  readonly params: ReadonlyMap<string, Node | undefined>;
  /** Parameters that must be given: without a default, and not nullable. */
  readonly required: readonly string[];
  readonly variables: ReadonlyMap<string, Node>;
  readonly outputs: ReadonlyMap<string, Node>;
  /** Nested ones too; those as `outer::inner`. */
  readonly deployables: ReadonlyMap<string, Declaration>;
}

export function declarations({ root }: BicepFile): Declarations {
  const named = (type: string): [string, Node][] =>
    parts(root)
      .filter((node) => node.type === type)
      .map((node) => [part(node, "identifier")?.text ?? "", node]);
  const values = (type: string) =>
    named(type).flatMap(([name, node]): [string, Node][] => {
      const value = assigned(node);
      return value === undefined ? [] : [[name, value]];
    });
  return {
    params: new Map(named("parameter_declaration").map(([name, node]) => [name, assigned(node)])),
    required: named("parameter_declaration")
      .filter(([, node]) => assigned(node) === undefined && part(node, "type")?.text.endsWith("?") !== true)
      .map(([name]) => name),
    variables: new Map(values("variable_declaration")),
    outputs: new Map(values("output_declaration")),
    deployables: new Map(
      parts(root)
        .flatMap((node) => deployables(node, undefined))
        .map((found) => [found.symbol, found]),
    ),
  };
}

function deployables(node: Node, within: Declaration | undefined): Declaration[] {
  if (node.type !== "resource_declaration" && node.type !== "module_declaration") return [];
  const value = assigned(node);
  const name = part(node, "identifier")?.text;
  const target = part(node, "string")?.text.slice(1, -1);
  if (value === undefined || name === undefined || target === undefined)
    throw new Error(`Not understood: ${node.text}`);
  const loop = value.type === "for_statement" ? loopOf(value) : undefined;
  const conditional = [loop?.body ?? value].find(({ type }) => type === "if_statement");
  const body = conditional === undefined ? (loop?.body ?? value) : part(conditional, "object");
  if (body?.type !== "object") throw new Error(`Not understood: ${node.text}`);
  const declaration: Declaration = {
    kind: node.type === "module_declaration" ? "module" : "resource",
    symbol: within === undefined ? name : `${within.symbol}::${name}`,
    target: within === undefined ? target : nestedType(within.target, target),
    existing: node.children.some((child) => child?.type === "existing"),
    node,
    body,
    condition: conditional === undefined ? undefined : part(conditional, "parenthesized_expression"),
    loop,
    within,
  };
  const nested = parts(body)
    .flatMap(parts)
    .flatMap((inner) => deployables(inner, declaration));
  return [declaration, ...nested];
}

/** `Microsoft.Network/virtualNetworks@v` and `subnets` are `Microsoft.Network/virtualNetworks/subnets@v`. */
function nestedType(outer: string, inner: string): string {
  const [type = "", version = ""] = outer.split("@");
  const [segment = "", own = version] = inner.split("@");
  return `${type}/${segment}@${own}`;
}

export function loopOf(node: Node): Loop {
  const parameters = part(node, "for_loop_parameters");
  const names = parameters === undefined ? parts(node).slice(0, 1) : parts(parameters);
  const [over, body] = parts(node).slice(1);
  const [item, index] = names.map(({ text }) => text);
  if (item === undefined || over === undefined || body === undefined) throw new Error(`Not understood: ${node.text}`);
  return { item, index, over, body };
}
