import { createServer } from "node:http";
import { listen } from "@obo-gateway/local-azure/net/listen.ts";
import { stop } from "@obo-gateway/local-azure/net/stop.ts";
import { afterEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { GraphClient } from "../../../scripts/entra/graphClient.ts";
import { Secret } from "../../../shared/secret.ts";

const GET = { what: "look", right: "read", method: "GET", path: "/applications" } as const;

describe("GraphClient", () => {
  const closing: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0)) await close();
  });

  async function answering(status: number, body: string, headers: Record<string, string> = {}) {
    let requests = 0;
    const server = createServer((_request, response) => {
      requests += 1;
      response.writeHead(status, headers).end(body);
    });
    const port = await listen(server, "the test's Graph", 0);
    closing.push(() => stop(server));
    const waits: number[] = [];
    const client = new GraphClient({
      graphUrl: `http://127.0.0.1:${port}`,
      identity: { token: new Secret("token"), tenantId: "t", who: "alice" },
      now: Date.now,
      wait: async (ms) => void waits.push(ms),
    });
    return { client, waits, requests: () => requests };
  }

  it("gives up waiting for a new object after a minute and a half", async () => {
    const error = { error: { code: "Request_ResourceNotFound", message: "none" } };
    const { client, waits, requests } = await answering(404, JSON.stringify(error));
    await expect(client.call({ ...GET, fresh: true }, z.unknown())).rejects.toThrow("404 Request_ResourceNotFound");
    expect(waits).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000]);
    expect(requests()).toBe(8);
  });

  it("asks once for what is not new, and takes 404 for an answer where one may be", async () => {
    const { client, waits } = await answering(404, "{}");
    expect(await client.find(GET, z.unknown())).toBeUndefined();
    expect(waits).toEqual([]);
  });

  it("waits for Retry-After, all together within its bound", async () => {
    const { client, waits } = await answering(429, "{}", { "retry-after": "40" });
    await expect(client.call(GET, z.unknown())).rejects.toThrow("429");
    expect(waits).toEqual([40_000, 40_000]);
  });

  it("does not repeat a creation that may have happened", async () => {
    const { client, waits, requests } = await answering(503, "{}", { "retry-after": "1" });
    const body = { displayName: "obo-gateway" };
    await expect(client.call({ ...GET, method: "POST", body, fresh: true }, z.unknown())).rejects.toThrow("503");
    expect([waits, requests()]).toEqual([[], 1]);
    await expect(client.call({ ...GET, method: "PATCH", body }, z.unknown())).rejects.toThrow("503");
    expect(requests()).toBeGreaterThan(2);
  });

  it("says what an answer lacks, and what is not Graph's", async () => {
    const odd = await answering(200, '{"value":1}');
    await expect(odd.client.call(GET, z.object({ value: z.string() }))).rejects.toThrow(
      `Microsoft Graph's answer to "look" is not what it documents: value:`,
    );
    const page = await answering(200, "<html>sign in to the proxy</html>");
    await expect(page.client.call(GET, z.object({}))).rejects.toThrow("is not what it documents");
    const proxy = await answering(407, "<html>");
    await expect(proxy.client.call(GET, z.object({}))).rejects.toThrow("407");
  });
});
