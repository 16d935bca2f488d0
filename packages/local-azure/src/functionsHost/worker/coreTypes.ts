// The part of `@azure/functions-core` that the programming model of @azure/functions 4 uses. The package is not on npm:
// the real worker supplies it at run time, and so does this one.
import type { LogLevel } from "../log.ts";
import type { TypedData } from "../messages.ts";

export type FunctionCallback = (...inputs: unknown[]) => unknown;
export type HookCallback = (context: object) => unknown;
export type LogCategory = "user" | "system" | "customMetric";
export type Bindings = Record<string, Record<string, unknown>>;

export interface FunctionMetadata {
  readonly name: string;
  readonly bindings: Bindings;
}

export interface InvocationRequest {
  readonly invocationId: string;
  readonly functionId: string;
  readonly inputData: readonly { readonly name: string; readonly data?: TypedData }[];
  readonly triggerMetadata: Readonly<Record<string, TypedData>>;
  readonly traceContext: { readonly traceParent: string; readonly traceState: string; readonly attributes: object };
}

export type InvocationState = "preInvocationHooks" | "invocation" | "postInvocationHooks";

export interface CoreInvocationContext {
  readonly invocationId: string;
  readonly request: InvocationRequest;
  readonly metadata: FunctionMetadata;
  /** The programming model reads it, to tell a late log line from one of a hook. */
  state: InvocationState | undefined;
  log(level: LogLevel, category: LogCategory, message: string): void;
}

export interface InvocationModel {
  getArguments(): Promise<{ context: unknown; inputs: unknown[] }>;
  invokeFunction(context: unknown, inputs: unknown[], callback: FunctionCallback): Promise<unknown>;
  getResponse(context: unknown, result: unknown): Promise<unknown>;
}

export interface ProgrammingModel {
  readonly name: string;
  readonly version: string;
  getInvocationModel(context: CoreInvocationContext): InvocationModel | Promise<InvocationModel>;
  getCapabilities?(capabilities: Record<string, string>): Record<string, string> | Promise<Record<string, string>>;
}
