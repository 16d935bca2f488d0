import type { PolicyElement } from "../document/policyElement.ts";
import type { CompileExpression } from "../expressionEngine.ts";
import type { Tier } from "../options.ts";
import type { Step } from "../pipeline/exchange.ts";
import type { Scope, Section } from "../pipeline/scopes.ts";
import type { PolicyValues } from "../policyValue.ts";

/** What is known while policies are compiled. */
export interface CompileContext {
  readonly compileExpression: CompileExpression;
  readonly values: PolicyValues;
  readonly tier: Tier;
  readonly externalCache: boolean;
  readonly backendIds: ReadonlySet<string>;
  readonly scope: Scope;
  readonly section: Section;
  /** Inside a fragment, which has no `<base/>` and no fragments in it. */
  readonly inFragment: boolean;
  /** Of the fragments' own elements, read once. */
  fragment(id: string): PolicyElement | undefined;
}

/** What compiling a policy needs of the compiler. */
export interface PolicyCompiler {
  readonly context: CompileContext;
  /** `choose[2]/when[1]`: where the policy being compiled stands. */
  readonly path: string;
  /** The policies inside an element; `segment` (`when[1]`) leads to them. */
  steps(parent: PolicyElement, segment?: string, inFragment?: boolean): readonly Step[];
}
