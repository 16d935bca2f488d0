import type { Server } from "node:net";

/** A port that something else holds already. The message names the part that wanted it, and how to choose another. */
export class PortTakenError extends Error {
  override readonly name = "PortTakenError";
  readonly port: number;

  constructor(part: string, port: number, cause: unknown) {
    super(`Port ${port}, wanted by ${part}, is taken by another program.`, { cause });
    this.port = port;
  }
}

/**
 * Binds a server to a port of the loopback interface (0: any free one) and gives the port it got.
 * @throws PortTakenError when the port is in use.
 */
export async function listen(server: Server, part: string, port: number, host = "127.0.0.1"): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException): void =>
      reject(error.code === "EADDRINUSE" ? new PortTakenError(part, port, error) : error);
    server.once("error", failed);
    server.listen(port, host, () => {
      server.off("error", failed);
      resolve();
    });
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error(`${part} is not listening on a TCP port.`);
  return address.port;
}
