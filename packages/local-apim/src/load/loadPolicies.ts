import { compileDocument } from "../compile/compileDocument.ts";
import type { CompileContext } from "../compile/compiler.ts";
import { putNamedValues } from "../document/namedValues.ts";
import type { PolicyElement } from "../document/policyElement.ts";
import { readPolicyXml } from "../document/readPolicyXml.ts";
import type { ApimOptions, PolicySource } from "../options.ts";
import type { CompiledDocument } from "../pipeline/exchange.ts";
import type { Scope } from "../pipeline/scopes.ts";
import { type PolicyProblem, PolicyProblemError } from "../refusal.ts";
import { DEFAULT_GLOBAL_POLICY } from "./defaultPolicy.ts";

/** The policy documents of a gateway, ready to run. */
export interface LoadedPolicies {
  readonly global: CompiledDocument;
  readonly products: ReadonlyMap<string, CompiledDocument>;
  readonly apis: ReadonlyMap<string, CompiledDocument>;
  operation(apiId: string, operationId: string): CompiledDocument | undefined;
}

type Options = Pick<ApimOptions, "apis" | "globalPolicy" | "fragments" | "namedValues" | "products">;
type Common = Omit<CompileContext, "scope" | "section" | "inFragment" | "fragment">;

/** Reads and compiles all policies; whatever cannot be run as it stands is added to `problems`. */
export function loadPolicies(options: Options, common: Common, problems: PolicyProblem[]): LoadedPolicies {
  const { apis, globalPolicy = DEFAULT_GLOBAL_POLICY, fragments = {}, namedValues = {}, products = [] } = options;
  const read = (source: PolicySource): PolicyElement | undefined => {
    try {
      return putNamedValues(readPolicyXml(source), namedValues, problems);
    } catch (error) {
      if (!(error instanceof PolicyProblemError)) throw error;
      problems.push(error.problem);
      return undefined;
    }
  };
  const fragmentElements = readFragments(fragments, read, problems);
  const compile = (source: PolicySource, scope: Scope): CompiledDocument => {
    const root = read(source);
    const context = { ...common, scope, fragment: (id: string) => fragmentElements.get(id) };
    return root === undefined ? { sections: new Map() } : compileDocument(root, context, problems);
  };
  const compileAll = <T extends { readonly policy?: PolicySource }>(
    owners: readonly T[],
    scope: Scope,
    key: (owner: T) => string,
  ): Map<string, CompiledDocument> => {
    const documents = new Map<string, CompiledDocument>();
    for (const owner of owners) {
      if (owner.policy !== undefined) documents.set(key(owner), compile(owner.policy, scope));
    }
    return documents;
  };
  const operations = new Map(
    apis.map((api) => [api.id, compileAll(api.operations, "operation", ({ id }) => id)] as const),
  );
  return {
    global: compile(globalPolicy, "global"),
    products: compileAll(products, "product", ({ id }) => id),
    apis: compileAll(apis, "api", ({ id }) => id),
    operation: (apiId, operationId) => operations.get(apiId)?.get(operationId),
  };
}

function readFragments(
  fragments: Readonly<Record<string, PolicySource>>,
  read: (source: PolicySource) => PolicyElement | undefined,
  problems: PolicyProblem[],
): ReadonlyMap<string, PolicyElement> {
  const elements = new Map<string, PolicyElement>();
  for (const [id, source] of Object.entries(fragments)) {
    const root = read(source);
    if (root === undefined) continue;
    if (root.name === "fragment") elements.set(id, root);
    else
      problems.push({
        at: root.at,
        subject: root.name,
        message: `a fragment begins with <fragment>, not with <${root.name}>`,
      });
  }
  return elements;
}
