import { describe, expect, it } from "vitest";
import { failureOf, ringWorld, TestSource } from "./support/ringWorld.ts";

describe("CredentialFailover, status", () => {
  it("loads what a call would, and says which is used and why not the others", async () => {
    const [first, second, third] = [new TestSource("first"), new TestSource("second"), new TestSource("third")];
    const { ring, registered, call } = ringWorld(first, second, third);
    first.down = "No.";
    registered.delete(second.newest);
    expect((await ring.status()).credentials.map(({ use }) => use)).toEqual(["unavailable", "selected", "idle"]);
    await call();
    expect((await ring.status()).credentials.map(({ use }) => use)).toEqual(["unavailable", "rejected", "selected"]);
  });

  it("is not usable while a total failure is remembered, and would be tried after that", async () => {
    const source = new TestSource("first");
    const { ring, registered, call, clock } = ringWorld(source);
    registered.clear();
    await failureOf(call());
    expect(await ring.status()).toEqual({ usable: false, credentials: [{ use: "rejected", expiresOnMs: undefined }] });
    clock.ms += 10_000;
    expect(await ring.status()).toMatchObject({ usable: true });
  });
});
