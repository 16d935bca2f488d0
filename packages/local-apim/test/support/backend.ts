import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import { listen } from "@obo-gateway/local-azure/net/listen.ts";
import { stop } from "@obo-gateway/local-azure/net/stop.ts";
import { onTestFinished } from "vitest";

export interface BackendRequest {
  readonly method: string;
  /** Path and query, as they came. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A plain server behind the gateway. It answers 200 with what it got, unless told otherwise. */
export interface Backend {
  readonly url: string;
  readonly requests: readonly BackendRequest[];
  /** Answers so from now on; the request's body is then left for the answer to read. */
  answer(how: Answer): void;
  close(): Promise<void>;
}

/** Started for one test, and stopped after it. */
export async function startBackend(): Promise<Backend> {
  const requests: BackendRequest[] = [];
  let how: Answer | undefined;
  const server = createServer((request, response) => {
    if (how !== undefined) {
      requests.push(describe(request, ""));
      how(request, response);
      return;
    }
    buffer(request).then(
      (body) => {
        requests.push(describe(request, body.toString()));
        response.writeHead(200, { "content-type": "application/json", "x-backend": "here" });
        response.end(JSON.stringify(requests.at(-1)));
      },
      () => response.destroy(),
    );
  });
  const port = await listen(server, "the test's backend", 0);
  const backend: Backend = {
    url: `http://localhost:${port}`,
    requests,
    answer(next) {
      how = next;
    },
    close: () => stop(server),
  };
  onTestFinished(() => backend.close());
  return backend;
}

/** Answers with a status, and a body if there is one. */
export function status(code: number, body = "", headers: Record<string, string> = {}): Answer {
  return (request, response) => {
    request.resume();
    response.writeHead(code, headers).end(body);
  };
}

function describe(request: IncomingMessage, body: string): BackendRequest {
  const headers = Object.entries(request.headersDistinct).map(([name, values = []]) => [name, values.join("|")]);
  return { method: request.method ?? "", url: request.url ?? "", headers: Object.fromEntries(headers), body };
}
