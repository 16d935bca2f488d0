import Module from "node:module";
import type { LogLevel } from "../log.ts";
import type { FunctionCallback, FunctionMetadata, HookCallback, LogCategory, ProgrammingModel } from "./coreTypes.ts";
import type { WorkerApp } from "./workerApp.ts";

const CORE_MODULE = "@azure/functions-core";
/** The releases whose behaviour was measured. */
const WORKER_VERSION = "3.9.1";
const HOST_VERSION = "4.1037.0";

class Disposable {
  readonly #dispose: () => unknown;

  constructor(dispose: () => unknown) {
    this.#dispose = dispose;
  }

  static from(...disposables: readonly { dispose(): unknown }[]): Disposable {
    return new Disposable(() => {
      for (const each of disposables) each.dispose();
    });
  }

  dispose(): unknown {
    return this.#dispose();
  }
}

/**
 * Makes `require("@azure/functions-core")` give the worker's API. As in the real worker that is `require` only: an
 * `import` of the name fails, which is why an app is deployed as CommonJS or with the library left unbundled.
 */
export function supplyCoreModule(app: WorkerApp): void {
  const coreApi = createCoreApi(app);
  Module.prototype.require = new Proxy(Module.prototype.require, {
    apply: (require, module, args: [string]) =>
      args[0] === CORE_MODULE ? coreApi : Reflect.apply(require, module, args),
  });
}

function createCoreApi(app: WorkerApp): object {
  return {
    version: WORKER_VERSION,
    hostVersion: HOST_VERSION,
    Disposable,
    registerFunction: (metadata: FunctionMetadata, callback: FunctionCallback) => register(app, metadata, callback),
    registerHook: (name: string, callback: HookCallback) => new Disposable(app.addHook(name, callback)),
    setProgrammingModel: (model: ProgrammingModel) => {
      app.programmingModel = model;
    },
    getProgrammingModel: () => app.programmingModel,
    log: (level: LogLevel, category: LogCategory, message: string) => app.log(level, category, message),
  };
}

function register(app: WorkerApp, metadata: FunctionMetadata, callback: FunctionCallback): Disposable {
  if (app.started) throw new Error("A function can only be registered during app startup.");
  if (app.functions.has(metadata.name)) {
    throw new Error(`A function with the name "${metadata.name}" is registered already.`);
  }
  app.functions.set(metadata.name, { metadata, callback });
  return new Disposable(() => {
    if (app.started) throw new Error("A function can only be disposed during app startup.");
    app.functions.delete(metadata.name);
  });
}
