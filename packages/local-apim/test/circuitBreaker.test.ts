import { describe, expect, it } from "vitest";
import { startBackend, status } from "./support/backend.ts";
import { type Options, startGateway } from "./support/gateway.ts";

const reasonInBody = {
  onError: `<set-header name="X-Reason"><value>@(context.LastError.Source + " " + context.LastError.Reason)</value></set-header>`,
};

describe("a circuit breaker", () => {
  const withBreaker = (url: string, failureCondition: object, more: object = {}): Options => {
    const rule = {
      name: "r",
      failureCondition: { count: 2, interval: "PT1M", ...failureCondition },
      tripDuration: "PT30S",
      ...more,
    };
    return {
      backends: { b: { url, circuitBreaker: { rules: [rule] } } },
      policy: { ...reasonInBody, inbound: `<set-backend-service backend-id="b" />` },
    };
  };

  it("opens after so many failures, answers 503 without a call, and closes again", async () => {
    const backend = await startBackend();
    backend.answer(status(500));
    let nowMs = 1_000_000;
    const gateway = await startGateway({
      ...withBreaker(backend.url, { statusCodeRanges: [{ min: 500, max: 599 }] }),
      now: () => nowMs,
    });
    const codes = async (count: number): Promise<number[]> => {
      const found: number[] = [];
      for (let i = 0; i < count; i += 1) found.push((await gateway.get("/")).status);
      return found;
    };
    expect(await codes(1)).toEqual([500]);
    nowMs += 61_000;
    // The first is forgotten by now.
    expect(await codes(3)).toEqual([500, 500, 503]);
    expect(backend.requests).toHaveLength(3);
    const refused = await gateway.get("/");
    expect(refused.json()).toEqual({ statusCode: 503, message: "Service Unavailable" });
    nowMs += 29_999;
    expect(await codes(1)).toEqual([503]);
    nowMs += 1;
    backend.answer(status(200));
    expect(await codes(3)).toEqual([200, 200, 200]);
  });

  it("gives outbound an answer to look at, or on-error an error", async () => {
    const backend = await startBackend();
    backend.answer(status(500));
    const seen = {
      outbound: `<set-header name="X-Outbound"><value>@(context.Response.StatusCode.ToString())</value></set-header>`,
    };
    const options = withBreaker(backend.url, { count: 1, statusCodeRanges: [{ min: 500, max: 599 }] });
    const second = async (openCircuit: "response" | "error") => {
      const gateway = await startGateway({ ...options, openCircuit, policy: { ...options.policy, ...seen } });
      await gateway.get("/");
      return gateway.get("/");
    };
    const answered = await second("response");
    expect(answered).toMatchObject({ status: 503, headers: { "x-outbound": "503" } });
    const failed = await second("error");
    expect(failed).toMatchObject({ status: 503, headers: { "x-reason": "forward-request BackendConnectionFailure" } });
  });

  it("opens for as long as Retry-After says, if the rule accepts that", async () => {
    const backend = await startBackend();
    backend.answer(status(429, "", { "retry-after": "120" }));
    let nowMs = 1_000_000;
    const gateway = await startGateway({
      ...withBreaker(backend.url, { count: 1, statusCodeRanges: [{ min: 429, max: 429 }] }, { acceptRetryAfter: true }),
      now: () => nowMs,
    });
    expect((await gateway.get("/")).status).toBe(429);
    nowMs += 119_000;
    expect((await gateway.get("/")).status).toBe(503);
    nowMs += 1_000;
    expect((await gateway.get("/")).status).toBe(429);
  });

  it("counts connections that fail, by their reason", async () => {
    const gateway = await startGateway(
      withBreaker("http://localhost:1", { errorReasons: ["backendConnectionFailure"] }),
    );
    expect([(await gateway.get("/")).status, (await gateway.get("/")).status, (await gateway.get("/")).status]).toEqual(
      [500, 500, 503],
    );
  });
});
