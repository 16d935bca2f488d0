import { isNativeError } from "node:util/types";
import type { LogLevel } from "../log.ts";
import type { InvokeMessage } from "../messages.ts";
import type {
  Bindings,
  CoreInvocationContext,
  FunctionCallback,
  FunctionMetadata,
  InvocationRequest,
  LogCategory,
} from "./coreTypes.ts";
import { type WorkerApp, withFixed } from "./workerApp.ts";

class InvocationScope implements CoreInvocationContext {
  readonly invocationId: string;
  readonly request: InvocationRequest;
  readonly metadata: FunctionMetadata;
  state: CoreInvocationContext["state"];
  readonly #app: WorkerApp;

  constructor(app: WorkerApp, metadata: FunctionMetadata, message: InvokeMessage) {
    this.#app = app;
    this.metadata = metadata;
    this.invocationId = message.invocationId;
    this.request = {
      invocationId: message.invocationId,
      functionId: metadata.name,
      // The request itself comes over HTTP; the programming model looks for it when it meets the trigger's name.
      inputData: [{ name: triggerName(metadata.bindings) }],
      triggerMetadata: message.triggerMetadata,
      traceContext: { traceParent: message.traceParent, traceState: message.traceState, attributes: {} },
    };
  }

  log(level: LogLevel, category: LogCategory, message: string): void {
    this.#app.log(level, category, message, { functionName: this.metadata.name, invocationId: this.invocationId });
  }

  async runHooks(hookName: "preInvocation" | "postInvocation", context: object): Promise<void> {
    this.state = `${hookName}Hooks`;
    try {
      await this.#app.runHooks(hookName, context);
    } finally {
      this.state = undefined;
    }
  }
}

/**
 * Runs one call through the programming model: arguments, hooks, handler, hooks, response. The last step returns when
 * the HTTP response has been sent. Only an Error fails the call; a handler that throws anything else just has no result.
 * @throws what the call failed with.
 */
export async function invoke(app: WorkerApp, message: InvokeMessage): Promise<void> {
  const registered = app.functions.get(message.functionName);
  if (registered === undefined || app.programmingModel === undefined) {
    throw new Error(`The worker has no function "${message.functionName}".`);
  }
  const scope = new InvocationScope(app, registered.metadata, message);
  const model = await app.programmingModel.getInvocationModel(scope);
  const { context, inputs } = await model.getArguments();

  const fixed = { hookData: {}, appHookData: app.hookData.all, invocationContext: context };
  const before = withFixed({ functionCallback: registered.callback, inputs }, fixed);
  await scope.runHooks("preInvocation", before);

  const after: { inputs: unknown[]; result: unknown; error: unknown } = withFixed(
    { inputs: before.inputs, result: null, error: null },
    fixed,
  );
  scope.state = "invocation";
  try {
    after.result = await model.invokeFunction(
      context,
      before.inputs,
      before.functionCallback satisfies FunctionCallback,
    );
  } catch (error) {
    after.error = error;
  }
  await scope.runHooks("postInvocation", after);
  if (isNativeError(after.error)) throw after.error;
  await model.getResponse(context, after.result);
}

function triggerName(bindings: Bindings): string {
  return Object.entries(bindings).find(([, { type }]) => type === "httpTrigger")?.[0] ?? "";
}
