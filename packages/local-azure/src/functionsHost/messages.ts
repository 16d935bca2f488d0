// What the host and its worker tell each other over the IPC channel. The real pair speaks gRPC; these are the same
// events, cut down to HTTP triggers with streaming. Requests and responses themselves never pass here: they go over HTTP.
import type { LogLevel } from "./log.ts";

/** A value of the trigger metadata, as the host's RPC layer types it: text, or a JSON document. */
export interface TypedData {
  readonly string?: string;
  readonly json?: string;
}

export interface RegisteredFunction {
  readonly name: string;
  /** By binding name; the values are what the programming model put there, passed through JSON. */
  readonly bindings: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

export interface InvokeMessage {
  readonly type: "invoke";
  readonly invocationId: string;
  readonly functionName: string;
  readonly triggerMetadata: Readonly<Record<string, TypedData>>;
  readonly traceParent: string;
  readonly traceState: string;
}

export type HostMessage =
  | InvokeMessage
  | { readonly type: "memory" }
  | { readonly type: "processor" }
  | { readonly type: "resources" }
  | { readonly type: "terminate" };

export interface Failure {
  readonly message: string;
  readonly stack: string;
}

export interface ReadyMessage {
  readonly type: "ready";
  /** Where the worker takes HTTP requests; absent when the app has not enabled HTTP streaming. */
  readonly httpUri?: string;
  readonly functions: readonly RegisteredFunction[];
}

export interface DoneMessage {
  readonly type: "done";
  readonly invocationId: string;
  readonly failure?: Failure;
}

export interface WorkerLogMessage {
  readonly type: "log";
  readonly level: LogLevel;
  readonly category: string;
  readonly message: string;
  readonly functionName?: string;
  readonly invocationId?: string;
}

export interface MemoryMessage {
  readonly type: "memory";
  readonly usage: NodeJS.MemoryUsage;
}

export interface ProcessorMessage {
  readonly type: "processor";
  /** Microseconds since the worker started. */
  readonly usage: NodeJS.CpuUsage;
}

/** What the worker process holds on to. */
export interface WorkerResources {
  /** After a collection, where the worker runs with `--expose-gc`; else as it is. */
  readonly memory: NodeJS.MemoryUsage;
  readonly collected: boolean;
  /** What keeps its event loop alive, by kind: `TCPSocketWrap`, `Timeout`, ... (`process.getActiveResourcesInfo`). */
  readonly active: Readonly<Record<string, number>>;
  /** What the app's OpenTelemetry gauges say, by name and attributes. */
  readonly gauges: Readonly<Record<string, number>>;
}

export interface ResourcesMessage {
  readonly type: "resources";
  readonly resources: WorkerResources;
}

export type WorkerMessage =
  | ReadyMessage
  | DoneMessage
  | WorkerLogMessage
  | MemoryMessage
  | ProcessorMessage
  | ResourcesMessage;

/** Both ends of the channel run this file, so the shape of a message follows from its type. */
export function isMessage<Message extends HostMessage | WorkerMessage>(
  value: unknown,
  types: readonly Message["type"][],
): value is Message {
  return (
    typeof value === "object" && value !== null && "type" in value && (types as readonly unknown[]).includes(value.type)
  );
}
