import { describe, expect, it } from "vitest";
import { startBackend, status } from "./support/backend.ts";
import { type GatewayUnderTest, type Options, problemsOf, startGateway } from "./support/gateway.ts";

const subscriptions = [
  { id: "s1", primaryKey: "key-one-primary", secondaryKey: "key-one-secondary", scope: "all-apis" },
  { id: "s2", primaryKey: "key-two-primary", secondaryKey: "key-two-secondary", scope: "all-apis" },
] as const;

/** A gateway whose clock the test moves. */
async function timed(options: Options): Promise<{ gateway: GatewayUnderTest; advance(ms: number): void }> {
  let nowMs = 1_000_000_000_000;
  const gateway = await startGateway({ now: () => nowMs, ...options });
  return {
    gateway,
    advance(ms) {
      nowMs += ms;
    },
  };
}

const ok = "<return-response />";

describe("rate-limit-by-key", () => {
  it("refuses with 429 and Retry-After, until the window has moved on", async () => {
    const { gateway, advance } = await timed({
      policy: {
        inbound: `<rate-limit-by-key calls="2" renewal-period="10" counter-key="@(context.Request.Headers.GetValueOrDefault("X-User", ""))"
          remaining-calls-header-name="X-Left" total-calls-header-name="X-Total" remaining-calls-variable-name="left" />${ok}`,
        onError: `<set-header name="X-Reason"><value>@(context.LastError.Source + " " + context.LastError.Reason)</value></set-header>`,
      },
    });
    const call = (user: string) => gateway.get("/", { "x-user": user });
    expect((await call("a")).headers).toMatchObject({ "x-left": "1", "x-total": "2" });
    advance(4_000);
    expect((await call("a")).headers["x-left"]).toBe("0");
    const refused = await call("a");
    expect(refused).toMatchObject({
      status: 429,
      headers: { "retry-after": "6", "x-left": "0", "x-reason": "rate-limit-by-key RateLimitExceeded" },
    });
    expect(refused.json()).toEqual({ statusCode: 429, message: "Rate limit is exceeded. Try again in 6 seconds." });
    expect((await call("b")).status).toBe(200);
    advance(6_000);
    expect((await call("a")).status).toBe(200);
    expect((await call("a")).status).toBe(429);
  });

  it("counts only answers that its condition wants counted", async () => {
    const backend = await startBackend();
    backend.answer(status(404));
    const { gateway } = await timed({
      serviceUrl: backend.url,
      policy: {
        inbound: `<rate-limit-by-key calls="1" renewal-period="10" counter-key="k" increment-condition="@(context.Response.StatusCode == 200)" increment-count="@(1)" />`,
      },
    });
    expect([(await gateway.get("/")).status, (await gateway.get("/")).status]).toEqual([404, 404]);
    backend.answer(status(200));
    expect([(await gateway.get("/")).status, (await gateway.get("/")).status]).toEqual([200, 429]);
  });

  it("puts the wait under other names, if it is told to", async () => {
    const { gateway } = await timed({
      policy: {
        inbound: `<rate-limit-by-key calls="0" renewal-period="10" counter-key="k" retry-after-header-name="X-Wait" retry-after-variable-name="wait" />`,
        onError: `<set-header name="X-Variable"><value>@(((int)context.Variables["wait"]).ToString())</value></set-header>`,
      },
    });
    const { headers } = await gateway.get("/");
    expect(headers).toMatchObject({ "x-wait": "10", "x-variable": "10" });
    expect(headers).not.toHaveProperty("retry-after");
  });

  it("takes no longer period than five minutes", async () => {
    const { gateway } = await timed({
      policy: { inbound: `<rate-limit-by-key calls="1" renewal-period="@(301)" counter-key="k" />` },
    });
    expect((await gateway.get("/")).status).toBe(500);
  });
});

describe("rate-limit", () => {
  it("counts by subscription, and does nothing without one", async () => {
    const { gateway } = await timed({
      subscriptions,
      policy: { inbound: `<rate-limit calls="1" renewal-period="10" />${ok}` },
    });
    const codes = async (key?: string): Promise<number[]> => {
      const headers: Record<string, string> = key === undefined ? {} : { "ocp-apim-subscription-key": key };
      return [(await gateway.get("/", headers)).status, (await gateway.get("/", headers)).status];
    };
    expect(await codes()).toEqual([200, 200]);
    expect(await codes("key-one-primary")).toEqual([200, 429]);
    expect(await codes("key-one-secondary")).toEqual([429, 429]);
    expect(await codes("key-two-primary")).toEqual([200, 429]);
  });
});

describe("quota-by-key", () => {
  it("refuses with 403 until the next period", async () => {
    const { gateway, advance } = await timed({
      policy: {
        inbound: `<quota-by-key calls="2" renewal-period="3600" counter-key="k" first-period-start="2001-09-09T01:00:00Z" />${ok}`,
      },
    });
    expect([(await gateway.get("/")).status, (await gateway.get("/")).status]).toEqual([200, 200]);
    const refused = await gateway.get("/");
    // The clock stands at 01:46:40.
    expect(refused).toMatchObject({ status: 403, headers: { "retry-after": "800" } });
    expect(refused.json()).toEqual({
      statusCode: 403,
      message: "Out of call volume quota. Quota will be replenished in 00:13:20.",
    });
    advance(800_000);
    expect((await gateway.get("/")).status).toBe(200);
  });
});

describe("the value cache", () => {
  const show = `<return-response><set-body>@(context.Variables.ContainsKey("v") ? (string)context.Variables["v"] : "absent")</set-body></return-response>`;

  it("keeps a value for so long", async () => {
    const { gateway, advance } = await timed({
      policy: {
        inbound: `<cache-lookup-value key="@("k" + 1)" variable-name="v" />
          <choose><when condition="@(context.Request.Method == "POST")"><cache-store-value key="k1" value="@("stored")" duration="10" /></when></choose>${show}`,
      },
    });
    expect((await gateway.get("/")).body).toBe("absent");
    await gateway.ask("/", { method: "POST" });
    expect((await gateway.get("/")).body).toBe("stored");
    advance(9_999);
    expect((await gateway.get("/")).body).toBe("stored");
    advance(1);
    expect((await gateway.get("/")).body).toBe("absent");
  });

  it("keeps objects, gives a default, and forgets on demand", async () => {
    const { gateway } = await timed({
      policy: {
        inbound: `<choose>
            <when condition="@(context.Request.Method == "PUT")"><cache-store-value key="k" value="@(new JObject(new JProperty("a", 1)))" duration="60" /></when>
            <when condition="@(context.Request.Method == "DELETE")"><cache-remove-value key="k" /></when>
          </choose>
          <cache-lookup-value key="k" default-value="@(new JObject(new JProperty("a", 0)))" variable-name="v" />
          <return-response><set-body>@(((JObject)context.Variables["v"])["a"].ToString())</set-body></return-response>`,
      },
    });
    const shownAfter = async (method: "GET" | "PUT" | "DELETE"): Promise<string> =>
      (await gateway.ask("/", { method })).body;
    expect([
      await shownAfter("GET"),
      await shownAfter("PUT"),
      await shownAfter("GET"),
      await shownAfter("DELETE"),
    ]).toEqual(["0", "1", "1", "0"]);
  });
});

it("the cache holds copies, and only of what it can hold", async () => {
  const { gateway } = await timed({
    policy: {
      inbound: `<cache-lookup-value key="k" variable-name="v" />
        <choose><when condition="@(!context.Variables.ContainsKey("v"))">
          <set-variable name="v" value="@(new JObject(new JProperty("a", 0)))" />
          <cache-store-value key="k" value="@(context.Variables["v"])" duration="60" /></when></choose>
        <return-response><set-body>@{ var v = (JObject)context.Variables["v"]; v["a"] = (int)v["a"] + 1; return v["a"].ToString(); }</set-body></return-response>`,
    },
  });
  expect([(await gateway.get("/")).body, (await gateway.get("/")).body, (await gateway.get("/")).body]).toEqual([
    "1",
    "1",
    "1",
  ]);
  const refusing = await startGateway({
    policy: { inbound: `<cache-store-value key="k" value="@(new List<string>())" duration="60" /><return-response />` },
  });
  expect((await refusing.get("/")).status).toBe(500);
});

describe("check-header", () => {
  const check = (values: string, ignoreCase = "false"): Options => ({
    policy: {
      inbound: `<check-header name="X-A" failed-check-httpcode="412" failed-check-error-message="Wrong." ignore-case="${ignoreCase}">${values}</check-header>${ok}`,
      onError: `<set-header name="X-Reason"><value>@(context.LastError.Reason)</value></set-header>`,
    },
  });

  it("wants the header, and one of the values", async () => {
    const gateway = await startGateway(check("<value>one</value><value>two</value>"));
    const missing = await gateway.get("/");
    expect(missing).toMatchObject({ status: 412, headers: { "x-reason": "HeaderNotFound" } });
    expect(missing.json()).toEqual({ statusCode: 412, message: "Wrong." });
    expect(await gateway.get("/", { "x-a": "TWO" })).toMatchObject({
      headers: { "x-reason": "HeaderValueNotAllowed" },
    });
    expect((await gateway.get("/", { "x-a": "two" })).status).toBe(200);
  });

  it("may ignore case, or take any value", async () => {
    expect((await (await startGateway(check("<value>one</value>", "true"))).get("/", { "x-a": "ONE" })).status).toBe(
      200,
    );
    expect((await (await startGateway(check(""))).get("/", { "x-a": "any" })).status).toBe(200);
  });
});

describe("ip-filter", () => {
  const filter = async (action: string, entries: string): Promise<[number, unknown]> => {
    const gateway = await startGateway({
      policy: {
        inbound: `<ip-filter action="${action}">${entries}</ip-filter>${ok}`,
        onError: `<set-header name="X-Reason"><value>@(context.LastError.Reason)</value></set-header>`,
      },
    });
    const { status: code, headers } = await gateway.get("/");
    return [code, headers["x-reason"]];
  };

  it("lets only listed addresses in, or only others", async () => {
    const here = `<address>192.0.2.1</address><address-range from="127.0.0.0" to="127.0.0.255" />`;
    expect(await filter("allow", here)).toEqual([200, undefined]);
    expect(await filter("allow", `<address>192.0.2.1</address>`)).toEqual([403, "CallerIpNotAllowed"]);
    expect(await filter("forbid", here)).toEqual([403, "CallerIpBlocked"]);
    expect(await filter("forbid", `<address>@("192.0.2" + ".1")</address>`)).toEqual([200, undefined]);
  });
});

describe("the Consumption tier", () => {
  const refusals = async (inbound: string, more: Options = {}): Promise<string[]> =>
    (await problemsOf({ tier: "Consumption", policy: { inbound }, ...more })).map(({ message }) => message);

  it.each([
    `<rate-limit-by-key calls="1" renewal-period="1" counter-key="k" />`,
    `<quota-by-key calls="1" renewal-period="1" counter-key="k" />`,
    `<cache-lookup-value key="k" variable-name="v" />`,
    `<cache-store-value key="k" value="v" duration="1" caching-type="internal" />`,
  ])("has no %s", async (policy) => {
    expect(await refusals(policy)).toEqual([expect.stringContaining("Consumption")]);
  });

  it("has a cache when an external one is connected", async () => {
    expect(await refusals(`<cache-lookup-value key="k" variable-name="v" />`, { externalCache: true })).toEqual([]);
  });

  it("has no circuit breaker", async () => {
    const rules = [
      { name: "r", failureCondition: { count: 1, interval: "PT1M", errorReasons: ["Timeout"] }, tripDuration: "PT1M" },
    ];
    expect(await refusals(ok, { backends: { b: { url: "http://localhost:1", circuitBreaker: { rules } } } })).toEqual([
      expect.stringContaining("circuit breaker"),
    ]);
  });
});
