import { createServer, type IncomingMessage } from "node:http";
import { listen } from "@obo-gateway/local-azure/net/listen.ts";
import { stop } from "@obo-gateway/local-azure/net/stop.ts";

/** The backend of an API that API Management calls itself: it keeps what came, and answers what it is told. */
export interface DirectBackend extends AsyncDisposable {
  readonly url: string;
  readonly requests: readonly IncomingMessage[];
  /** Names of the latest request's headers, in lower case. */
  names(): readonly string[];
  answer: { readonly status: number; readonly headers: Readonly<Record<string, string | readonly string[]>> };
}

export async function startDirectBackend(): Promise<DirectBackend> {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    request.resume();
    const headers = Object.entries(backend.answer.headers).flatMap(([name, values]) =>
      [values].flat().map((value): [string, string] => [name, value]),
    );
    response.writeHead(backend.answer.status, headers.flat()).end("{}");
  });
  const backend: DirectBackend = {
    url: `http://localhost:${await listen(server, "the direct API's backend", 0)}`,
    requests,
    names: () => Object.keys(requests.at(-1)?.headers ?? {}),
    answer: { status: 200, headers: {} },
    [Symbol.asyncDispose]: () => stop(server),
  };
  return backend;
}
