import { createHash } from "node:crypto";
import type { LocalDownstream } from "@obo-gateway/local-azure/downstream/downstream.ts";
import { reproducibleSha256 } from "@obo-gateway/local-azure/downstream/reproducibleBytes.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { finished } from "./support/downstreamEvents.ts";
import type { GatewayUnderTest } from "./support/gatewayUnderTest.ts";
import { startGateway } from "./support/gatewayUnderTest.ts";
import { expectNothingSecretLogged } from "./support/leaks.ts";

let gateway: GatewayUnderTest;
let profile: LocalDownstream;
let token: string;
beforeAll(async () => {
  gateway = await startGateway();
  profile = gateway.azure.profile;
  token = await gateway.signIn(gateway.azure.seed.users.alice);
});
afterAll(async () => {
  expectNothingSecretLogged(gateway);
  await gateway[Symbol.asyncDispose]();
});

describe("an answer that takes its time", () => {
  it("comes event by event: the first is there while the last is still to be sent", async () => {
    let over = false;
    const end = finished(profile, "/events").then(() => {
      over = true;
    });
    const { headers, body } = await gateway.client.send("/downstream/profile/events?count=3&everyMs=300", { token });
    expect(headers["content-type"]).toBe("text/event-stream");
    const seen: [text: string, over: boolean][] = [];
    for await (const chunk of body) seen.push([String(chunk), over]);
    await end;
    expect(seen.map(([text]) => text).join("")).toBe(
      [0, 1, 2].map((index) => `id: ${index}\ndata: {"index":${index}}\n\n`).join(""),
    );
    expect(seen.slice(0, 2).map(([, isOver]) => isOver)).toEqual([false, false]);
  });

  it("is many at once, each whole and its own", async () => {
    const sizes = Array.from({ length: 60 }, (_, index) => 200_000 + index * 1_000);
    const hashes = await Promise.all(
      sizes.map(async (bytes, index) => {
        const chunked = index % 2;
        const { body } = await gateway.client.send(`/downstream/profile/download?bytes=${bytes}&chunked=${chunked}`, {
          token,
        });
        const hash = createHash("sha256");
        for await (const chunk of body) hash.update(chunk);
        return hash.digest("hex");
      }),
    );
    expect(hashes).toEqual(sizes.map(reproducibleSha256));
  });
});
