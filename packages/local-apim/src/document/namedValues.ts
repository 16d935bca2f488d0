import type { NamedValue } from "../options.ts";
import type { PolicyProblem } from "../refusal.ts";
import type { PolicyElement, PolicyText } from "./policyElement.ts";

const REFERENCE = /\{\{\s*([A-Za-z0-9_.-]+)\s*\}\}/g;

/** Puts named values in place of `{{name}}`, as text, wherever attributes and texts have them. */
export function putNamedValues(
  element: PolicyElement,
  values: Readonly<Record<string, NamedValue>>,
  problems: PolicyProblem[],
): PolicyElement {
  const put = ({ text, at }: PolicyText): PolicyText => ({
    at,
    text: text.replaceAll(REFERENCE, (whole: string, name: string) => {
      const value = Object.hasOwn(values, name) ? values[name] : undefined;
      if (value === undefined) problems.push({ at, subject: whole, message: `there is no named value '${name}'` });
      return value === undefined ? whole : namedValueText(value);
    }),
  });
  return {
    ...element,
    attributes: new Map([...element.attributes].map(([name, value]) => [name, put(value)])),
    text: element.text && put(element.text),
    children: element.children.map((child) => putNamedValues(child, values, problems)),
  };
}

export function namedValueText(value: NamedValue): string {
  return typeof value === "string" ? value : value.value;
}
