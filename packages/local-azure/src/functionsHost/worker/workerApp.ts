import type { LogLevel } from "../log.ts";
import type { WorkerLogMessage } from "../messages.ts";
import type { FunctionCallback, FunctionMetadata, HookCallback, LogCategory, ProgrammingModel } from "./coreTypes.ts";

export interface LogOrigin {
  readonly functionName: string;
  readonly invocationId: string;
}

/** What an app registers with the worker while it loads. */
export class WorkerApp {
  readonly functions = new Map<string, { readonly metadata: FunctionMetadata; readonly callback: FunctionCallback }>();
  /** Shared by all hooks of the app, respectively by those of the app's own life cycle. */
  readonly hookData = { all: {}, appLevel: {} };
  programmingModel: ProgrammingModel | undefined;
  started = false;
  readonly #hooks = new Map<string, HookCallback[]>();
  readonly #send: (line: WorkerLogMessage) => void;

  constructor(send: (line: WorkerLogMessage) => void) {
    this.#send = send;
  }

  /** Adds a hook; the function it returns takes it out again. */
  addHook(name: string, callback: HookCallback): () => void {
    const hooks = this.hooks(name);
    this.#hooks.set(name, [...hooks, callback]);
    return () =>
      this.#hooks.set(
        name,
        this.hooks(name).filter((each) => each !== callback),
      );
  }

  hooks(name: string): HookCallback[] {
    return this.#hooks.get(name) ?? [];
  }

  /** Runs hooks one after the other; the first that throws ends it. */
  async runHooks(name: string, context: object): Promise<void> {
    for (const hook of this.hooks(name)) await hook(context);
  }

  /** Log hooks see a line first and may change its level and text. */
  log(level: LogLevel, category: LogCategory, message: string, origin?: LogOrigin): void {
    const line = { level, message };
    for (const hook of this.hooks("log")) {
      hook(withFixed(line, { category, hookData: {}, appHookData: this.hookData.all, invocationContext: undefined }));
    }
    this.#send({
      type: "log",
      ...line,
      category: categoryOf(category, origin),
      ...(origin === undefined ? {} : { functionName: origin.functionName, invocationId: origin.invocationId }),
    });
  }
}

/** Gives a hook's context properties that the hook can read but not replace. */
export function withFixed<Context extends object>(context: Context, fixed: Readonly<Record<string, unknown>>): Context {
  for (const [name, value] of Object.entries(fixed)) Object.defineProperty(context, name, { value, enumerable: true });
  return context;
}

function categoryOf(category: LogCategory, origin: LogOrigin | undefined): string {
  if (origin === undefined) return category === "user" ? "Function.User" : "Worker.Node";
  return category === "user" ? `Function.${origin.functionName}.User` : `Function.${origin.functionName}`;
}
