import type { PolicyElement } from "../document/policyElement.ts";
import type { CompiledDocument, Step } from "../pipeline/exchange.ts";
import { SECTIONS, type Section } from "../pipeline/scopes.ts";
import type { PolicyProblem } from "../refusal.ts";
import { compilePolicies } from "./compilePolicies.ts";
import type { CompileContext } from "./compiler.ts";

/** Compiles a policy document (`<policies>`); whatever is wrong with it is added to `problems`. */
export function compileDocument(
  root: PolicyElement,
  context: Omit<CompileContext, "section" | "inFragment">,
  problems: PolicyProblem[],
): CompiledDocument {
  const sections = new Map<Section, readonly Step[]>();
  const complain = ({ name, at }: Pick<PolicyElement, "name" | "at">, message: string): void => {
    problems.push({ at, subject: name, message });
  };
  if (root.name !== "policies") {
    complain(root, `a policy document begins with <policies>, not with <${root.name}>`);
    return { sections };
  }
  plain(root, complain);
  for (const element of root.children) {
    const section = SECTIONS.find((known) => known === element.name);
    if (section === undefined) complain(element, `<${element.name}> is no section of a policy document`);
    else if (sections.has(section)) complain(element, `the section <${section}> is given twice`);
    else {
      attributesOf(element, complain);
      sections.set(section, compilePolicies(element, { ...context, section, inFragment: false }, "", problems));
    }
  }
  return { sections };
}

type Complain = (about: Pick<PolicyElement, "name" | "at">, message: string) => void;

function plain(element: PolicyElement, complain: Complain): void {
  attributesOf(element, complain);
  if (element.text !== undefined) {
    complain({ name: element.name, at: element.text.at }, `text is not allowed in <${element.name}>`);
  }
}

function attributesOf(element: PolicyElement, complain: Complain): void {
  for (const [name, { at }] of element.attributes)
    complain({ name, at }, `<${element.name}> has no attribute '${name}'`);
}
