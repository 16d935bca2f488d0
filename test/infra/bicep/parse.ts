import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { Language, type Node, Parser } from "web-tree-sitter";

/** A Bicep file as a syntax tree. */
export interface BicepFile {
  readonly path: string;
  readonly source: string;
  readonly root: Node;
}

// The grammar as WebAssembly: tree-sitter-bicep's native build is for editors.
const grammar = createRequire(import.meta.url).resolve("tree-sitter-bicep/tree-sitter-bicep.wasm");
await Parser.init();
const language = await Language.load(grammar);

/** @throws Error at the first thing that is not Bicep. */
export function parseBicep(path: string): BicepFile {
  const text = readFileSync(path, "utf8");
  // The grammar wants a type where a parameters file has none.
  const source = path.endsWith(".bicepparam") ? text.replaceAll(/^param (\w+) =/gm, "param $1 object =") : text;
  const tree = new Parser().setLanguage(language).parse(source);
  if (tree === null) throw new Error(`${path} was not parsed.`);
  if (tree.rootNode.hasError) {
    const at = all(tree.rootNode).find((node) => node.isError || node.isMissing)?.startPosition;
    throw new Error(`${path}(${(at?.row ?? 0) + 1},${(at?.column ?? 0) + 1}) is not Bicep.`);
  }
  return { path, source, root: tree.rootNode };
}

/** The node itself and everything below it. */
export function all(node: Node): Node[] {
  return [node, ...children(node).flatMap(all)];
}

/** Every child, punctuation too. */
export function children(node: Node): Node[] {
  return node.children.filter((child) => child !== null);
}

/** The children that mean something. */
export function parts(node: Node): Node[] {
  return children(node).filter((child) => child.isNamed && child.type !== "comment");
}

/** The one part of that type. */
export function part(node: Node, type: string): Node | undefined {
  return parts(node).find((child) => child.type === type);
}

/** What stands behind the `=` (or `:`) of a declaration or property. */
export function assigned(node: Node, sign = "="): Node | undefined {
  const found = children(node);
  const at = found.findIndex((child) => child.type === sign);
  return at < 0 ? undefined : found.slice(at + 1).find((child) => child.isNamed && child.type !== "comment");
}
