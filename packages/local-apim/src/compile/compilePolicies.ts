import type { PolicyElement } from "../document/policyElement.ts";
import type { Step } from "../pipeline/exchange.ts";
import { findPolicy } from "../policies/registry.ts";
import { type PolicyProblem, PolicyProblemError, refuse } from "../refusal.ts";
import type { CompileContext, PolicyCompiler } from "./compiler.ts";
import { ElementReader } from "./elementReader.ts";
import { segmentOf } from "./segment.ts";

/** Compiles the policies inside an element. What is refused is added to `problems`, and left out. */
export function compilePolicies(
  parent: PolicyElement,
  context: CompileContext,
  path: string,
  problems: PolicyProblem[],
): readonly Step[] {
  const steps: Step[] = [];
  if (parent.text !== undefined) {
    problems.push({ at: parent.text.at, subject: parent.name, message: `text is not allowed in <${parent.name}>` });
  }
  for (const element of parent.children) {
    try {
      refuseSecond(element, parent);
      steps.push(compilePolicy(element, context, `${path}${segmentOf(element, parent)}`, problems));
    } catch (error) {
      if (!(error instanceof PolicyProblemError)) throw error;
      problems.push(error.problem);
    }
  }
  return steps;
}

function compilePolicy(element: PolicyElement, context: CompileContext, path: string, problems: PolicyProblem[]): Step {
  const { name, at } = element;
  const definition = findPolicy(name);
  if (definition === undefined) return refuse(at, name, `the policy <${name}> is not supported here`);
  const { scope, section, tier } = context;
  if (!definition.sections.includes(section)) refuse(at, name, `<${name}> is not allowed in <${section}>`);
  if (definition.notOnConsumption === true && tier === "Consumption") {
    refuse(at, name, `<${name}> does not exist on the Consumption tier`);
  }
  const reader = new ElementReader(element, context);
  const policyId = reader.literal("id");
  const compiler: PolicyCompiler = {
    context,
    path,
    steps: (parent, segment, inFragment = context.inFragment) =>
      compilePolicies(
        parent,
        { ...context, inFragment },
        segment === undefined ? `${path}/` : `${path}/${segment}/`,
        problems,
      ),
  };
  const run = definition.compile(reader, compiler);
  reader.done();
  return {
    place: { policy: name, scope, section, path, policyId },
    line: { file: at.file, line: at.line },
    run,
    preflight: run.preflight,
  };
}

function refuseSecond(element: PolicyElement, parent: PolicyElement): void {
  const { name, at } = element;
  const first = parent.children.find((child) => child.name === name);
  if (findPolicy(name)?.once === true && first !== element) refuse(at, name, `<${name}> is allowed only once`);
}
