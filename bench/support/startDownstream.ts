import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

export interface Downstream extends AsyncDisposable {
  readonly url: string;
}

export async function startDownstream(): Promise<Downstream> {
  const child = fork(fileURLToPath(new URL("downstreamServer.ts", import.meta.url)));
  const [{ url }] = (await once(child, "message")) as [{ url: string }];
  return {
    url,
    [Symbol.asyncDispose]: async () => {
      const ended = once(child, "exit");
      child.disconnect();
      await ended;
    },
  };
}
