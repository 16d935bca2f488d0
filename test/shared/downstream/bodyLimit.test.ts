import { once } from "node:events";
import { PassThrough } from "node:stream";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { DownstreamUnderTest } from "../../../packages/local-azure/test/downstream/downstreamUnderTest.ts";
import { startDownstreamUnderTest } from "../../../packages/local-azure/test/downstream/downstreamUnderTest.ts";
import type { DownstreamClient } from "../../../shared/downstream/downstreamClient.ts";
import { RequestTooLargeError } from "../../../shared/errors/errors.ts";
import { Secret } from "../../../shared/secret.ts";
import { trustCa } from "../credentials/support/trust.ts";
import { bytesOf, clientOf, failureOf, get } from "./support/calls.ts";

const MAX_BYTES = 100_000;
const SMALL = Buffer.alloc(10_000);

describe("a request body with a limit, in chunks", () => {
  let downstream: DownstreamUnderTest;
  let token: Secret;
  let client: DownstreamClient;
  beforeAll(async () => {
    downstream = await startDownstreamUnderTest();
    trustCa(downstream.ca);
    token = new Secret(await downstream.token());
    client = clientOf(downstream.api.url, { maxRequestBodyBytes: MAX_BYTES });
  });
  afterEach(() => downstream.api.faults.clear());
  afterAll(async () => {
    await client.close();
    await downstream.close();
  });

  it("passes whole while it keeps to it, to the last byte", async () => {
    const body = new PassThrough();
    body.end(Buffer.alloc(MAX_BYTES));
    const answer = await client.call(get("/upload", { method: "POST", body }), token);
    expect(JSON.parse((await bytesOf(answer.body)).toString())).toMatchObject({ bytes: MAX_BYTES });
  });

  it("ends the call as soon as it is longer: what had come is no whole request for the API", async () => {
    const finished = downstream.finished("/upload?long");
    const body = new PassThrough();
    const failure = failureOf(client.call(get("/upload?long", { method: "POST", body }), token));
    const arrived = new Promise((resolve) => downstream.api.onArrival(resolve));
    body.write(SMALL);
    await arrived;
    for (let sent = SMALL.length; sent <= MAX_BYTES; sent += SMALL.length) body.write(SMALL);
    const error = await failure;
    expect(error).toBeInstanceOf(RequestTooLargeError);
    expect(error).toMatchObject({ code: "request_too_large" });
    const seen = await finished;
    expect([seen.clientHungUp, seen.status]).toEqual([true, undefined]);
    expect(seen.bytesReceived).toBeLessThanOrEqual(MAX_BYTES);
    // The caller's own request is read on: the host takes the answer only at its end.
    body.end(Buffer.alloc(5 * MAX_BYTES));
    await once(body, "end");
  });

  it("breaks off an answer that came before the body's end", async () => {
    const body = new PassThrough();
    body.write(SMALL);
    const path = "/trickle?everyMs=20";
    const { status, body: answer, bodyFailure } = await client.call(get(path, { body }), token);
    expect(status).toBe(200);
    body.end(Buffer.alloc(MAX_BYTES));
    expect(bodyFailure(await failureOf(bytesOf(answer)))).toBeInstanceOf(RequestTooLargeError);
  });

  it("leaves the connections usable for others", async () => {
    const { status, body } = await client.call(get("/me"), token);
    await bytesOf(body);
    expect(status).toBe(200);
  });
});
