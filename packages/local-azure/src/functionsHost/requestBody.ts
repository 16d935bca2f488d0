import type { IncomingMessage } from "node:http";

/**
 * Reads a body whole.
 * @throws what the request fails with, such as a caller who leaves half way.
 */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const [first] = chunks;
  return chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks);
}
