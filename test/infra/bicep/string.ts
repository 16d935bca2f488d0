import type { Node } from "web-tree-sitter";
import { children, parts } from "./parse.ts";

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t" };

/**
 * What a string literal says, with `evaluated` for what stands in `${}`. The grammar takes blanks before `${` into its
 * token: what is literal is read from the text itself.
 */
export function stringOf(node: Node, evaluated: (inner: Node) => string): string {
  if (node.text.startsWith("'''")) return node.text.slice(3, -3).replace(/^\r?\n/, "");
  let done = "";
  let position = 1;
  for (const child of children(node).filter(({ type }) => type === "interpolation")) {
    const start = child.startIndex - node.startIndex;
    const [inner] = parts(child);
    if (inner === undefined) throw new Error(`Not understood: ${node.text}`);
    done += unescaped(node.text.slice(position, start + child.text.indexOf("${"))) + evaluated(inner);
    position = start + child.text.length;
  }
  return done + unescaped(node.text.slice(position, -1));
}

function unescaped(literal: string): string {
  return literal.replace(/\\(.)/g, (_, character: string) => ESCAPES[character] ?? character);
}
