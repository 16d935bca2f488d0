import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:http";
import { HttpRequest, HttpResponse, InvocationContext } from "@azure/functions";
import { listen } from "@obo-gateway/local-azure/net/listen.ts";
import { stop } from "@obo-gateway/local-azure/net/stop.ts";
import type { FunctionSurroundings } from "../../../../functions/http/asFunction.ts";
import { asFunction } from "../../../../functions/http/asFunction.ts";
import type { CallHandler } from "../../../../functions/http/httpCall.ts";
import { RawHttpRegistry } from "../../../../functions/http/rawHttp.ts";
import type { LogSink } from "../../../../shared/telemetry/log.ts";

export const REALM = { authorizationUri: "https://login.example/authorize", clientId: "the-gateway" };

export interface LogLine {
  readonly level: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** What stands in a worker around our functions: an HTTP server, and the library that calls a function for each request. */
export interface Library {
  readonly port: number;
  /** The handler of the function that all requests go to. */
  handle: CallHandler;
  /** What the function logged: JSON, or the text as `text`. */
  readonly log: readonly LogLine[];
  /** What it had to say when the invocation was over. */
  readonly late: readonly LogLine[];
  /** What the library itself failed with. */
  readonly failures: readonly unknown[];
  close(): Promise<void>;
}

export async function startLibrary(): Promise<Library> {
  const log: LogLine[] = [];
  const late: LogLine[] = [];
  const surroundings: FunctionSurroundings = {
    exchanges: new RawHttpRegistry(),
    realm: REALM,
    longestCall: undefined,
    late: lateSink(late),
  };
  const failures: unknown[] = [];
  const server = createServer((request, response) => {
    invoke(request, response).catch((error: unknown) => {
      failures.push(error);
      // The real one leaves the caller waiting; a test had better know at once.
      response.destroy();
    });
  });

  async function invoke(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const context = contextOf(String(request.headers["x-ms-invocation-id"]), log);
    // The request that the library hands over says nothing true: whoever looks at it fails the test.
    const forged = new HttpRequest({ url: "https://forged.example/", method: "PATCH", headers: { forged: "yes" } });
    const init = await asFunction((call) => library.handle(call), surroundings)(forged, context);
    await sendProxyResponse(response, new HttpResponse(init));
  }

  const library: Library = {
    port: await listen(server, "the library", 0),
    handle: () => Promise.reject(new Error("The test gives no handler.")),
    log,
    late,
    failures,
    close: () => stop(server),
  };
  return library;
}

export function contextOf(invocationId: string, log: LogLine[]): InvocationContext {
  return new InvocationContext({
    functionName: "tested",
    invocationId,
    logHandler: (level, ...args) => void log.push({ level, fields: parsed(String(args[0])) }),
  });
}

function lateSink(late: LogLine[]): LogSink {
  const write = (level: string) => (line: string) => void late.push({ level, fields: parsed(line) });
  return { info: write("information"), warning: write("warning"), error: write("error") };
}

export function newInvocationId(): string {
  return randomUUID();
}

function parsed(line: string): Readonly<Record<string, unknown>> {
  return line.startsWith("{") ? JSON.parse(line) : { text: line };
}

/** As `@azure/functions` 4.16 does it in src/http/httpProxy.ts: no back-pressure, no notice of a reader that left. */
async function sendProxyResponse(proxyRes: ServerResponse, userRes: HttpResponse): Promise<void> {
  for (const [key, value] of userRes.headers.entries()) proxyRes.setHeader(key, value);
  proxyRes.statusCode = userRes.status;
  if (userRes.body) {
    for await (const chunk of userRes.body.values()) proxyRes.write(chunk);
  }
  proxyRes.end();
}
