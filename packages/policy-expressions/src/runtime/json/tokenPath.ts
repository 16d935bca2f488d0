import { JArrayValue } from "./jsonArray.ts";
import { JPropertyValue } from "./jsonObject.ts";
import type { JTokenValue } from "./token.ts";

/** token.Path: "a.b[0]['odd name']". */
export function tokenPath(token: JTokenValue): string {
  const { parent } = token;
  if (parent === null) return "";
  const above = tokenPath(parent);
  if (parent instanceof JArrayValue) return `${above}[${parent.children.indexOf(token)}]`;
  if (!(token instanceof JPropertyValue)) return above;
  // Names with characters of the path's own syntax are quoted.
  if (/[.\s'/"[\]()\t\n\r\f\b\\\u0085\u2028\u2029]/.test(token.name))
    return `${above}['${token.name.replace(/['\\]/g, "\\$&")}']`;
  return above === "" ? token.name : `${above}.${token.name}`;
}
