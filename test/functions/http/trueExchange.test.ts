import { createServer, type IncomingMessage } from "node:http";
import { listen } from "@obo-gateway/local-azure/net/listen.ts";
import { stop } from "@obo-gateway/local-azure/net/stop.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RawHttpRegistry } from "../../../functions/http/rawHttp.ts";

/** Less than a server waits before it closes an idle connection. */
const AT_ONCE_MS = 3_000;

describe("true exchanges", () => {
  const exchanges = new RawHttpRegistry();
  let arrived: (request: IncomingMessage) => void;
  const server = createServer((request, response) => {
    arrived(request);
    if (request.url === "/answered") response.end("answer");
  });
  let origin: string;
  beforeAll(async () => {
    origin = `http://127.0.0.1:${await listen(server, "a test", 0)}`;
  });
  afterAll(() => stop(server));

  /** A call as the host forwards it: the request when it is here, and what comes of it. */
  function forward(id: string, path = "/", headers: Record<string, string> = {}) {
    const arrival = new Promise<IncomingMessage>((resolve) => {
      arrived = resolve;
    });
    const signal = AbortSignal.timeout(AT_ONCE_MS);
    const answer = fetch(`${origin}${path}`, { signal, headers: { "x-ms-invocation-id": id, ...headers } });
    return { arrival, text: answer.then((each) => each.text()) };
  }

  it("are kept by invocation, until they are over", async () => {
    const { arrival, text } = forward("one");
    const request = await arrival;
    expect(exchanges.get("one")?.request).toBe(request);
    expect(exchanges.get("another")).toBeUndefined();
    exchanges.get("one")?.response.end("the end");
    expect(await text).toBe("the end");
    await expect.poll(() => exchanges.get("one")).toBeUndefined();
  });

  it("are cut off when they are given up: here already, or still to come", async () => {
    const here = forward("here");
    await here.arrival;
    exchanges.giveUp("here");
    await expect(here.text).rejects.toThrow("fetch failed");
    exchanges.giveUp("to come");
    await expect(forward("to come", "/answered").text).rejects.toThrow("fetch failed");
    expect(exchanges.get("to come")).toBeUndefined();
    expect(await forward("not given up", "/answered").text).toBe("answer");
  });

  it("give the library an origin that a URL can hold, and keep what was sent", async () => {
    const { arrival, text } = forward("odd", "/answered", { "x-forwarded-host": "1.2.3.999" });
    const { headers, rawHeaders } = await arrival;
    expect(URL.canParse(`${headers["x-forwarded-proto"]}://${headers["x-forwarded-host"]}/`)).toBe(true);
    expect(rawHeaders).toContain("1.2.3.999");
    await text;
  });
});
