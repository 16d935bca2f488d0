import type { PolicyElement } from "../document/policyElement.ts";

/** `choose`, or `choose[2]` where there are several of them. */
export function segmentOf(element: PolicyElement, parent: PolicyElement): string {
  const same = parent.children.filter(({ name }) => name === element.name);
  return same.length === 1 ? element.name : `${element.name}[${same.indexOf(element) + 1}]`;
}
