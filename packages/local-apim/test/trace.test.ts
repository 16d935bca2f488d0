import { useWorld } from "@obo-gateway/local-azure/testing/entra/support/world.ts";
import { describe, expect, it } from "vitest";
import type { PolicyTrace } from "../src/trace.ts";
import { startBackend } from "./support/backend.ts";
import { type GatewayUnderTest, type Options, startGateway } from "./support/gateway.ts";

const world = useWorld();

/** A gateway, and the trace of the next request. */
async function traced(options: Options): Promise<{ gateway: GatewayUnderTest; next(): Promise<PolicyTrace> }> {
  let tell = (_record: PolicyTrace): void => undefined;
  const gateway = await startGateway({ ...options, trace: (record) => tell(record) });
  const next = (): Promise<PolicyTrace> =>
    new Promise((resolve) => {
      tell = resolve;
    });
  return { gateway, next };
}

const effects = ({ events }: PolicyTrace): string[] =>
  events.map(({ path, effect, error }) => `${path}: ${effect}${error === undefined ? "" : ` [${error}]`}`);

describe("the trace", () => {
  it("tells what each policy did, in order, and where it stands", async () => {
    const backend = await startBackend();
    const { gateway, next } = await traced({
      serviceUrl: backend.url,
      policy: {
        inbound: `<base />
<set-variable name="n" value="@(1 + 1)" />
<choose><when condition="@((int)context.Variables["n"] == 2)"><set-header name="X-A"><value>b</value></set-header></when></choose>
<set-query-parameter name="q" exists-action="delete" />
<trace source="me" severity="error"><message>@("n is " + context.Variables["n"])</message><metadata name="m" value="v" /></trace>
<emit-metric name="calls" namespace="ns"><dimension name="API ID" /><dimension name="who" value="@("me")" /></emit-metric>`,
      },
    });
    const record = next();
    await gateway.get("/x?q=1");
    const trace = await record;
    expect(trace).toMatchObject({ method: "GET", path: "/api/x", api: "api", operation: "get-any", status: 200 });
    expect(effects(trace)).toEqual([
      "base: ",
      "set-variable: n = 2",
      "choose: when[1]",
      "choose/when/set-header: X-A = b",
      "set-query-parameter: q deleted",
      "trace: error: me: n is 2, m=v",
      "emit-metric: ns/calls += 1 (API ID, who=me)",
      "base: ",
      `forward-request: GET ${backend.url}/x -> 200`,
      "base: ",
    ]);
    expect(trace.events[1]).toMatchObject({
      policy: "set-variable",
      scope: "api",
      section: "inbound",
      file: "policy.xml",
      line: 3,
    });
    expect(trace.events[8]).toMatchObject({ scope: "global", section: "backend" });
    for (const { startMs, durationMs } of trace.events)
      expect(startMs + durationMs).toBeLessThanOrEqual(trace.durationMs + 1);
    expect(gateway.traces).toEqual([trace]);
  });

  it("names the error, and the policy it happened in", async () => {
    const { gateway, next } = await traced({
      policy: { inbound: `<set-variable name="n" value="@(((string)null).Length)" />` },
    });
    const record = next();
    await gateway.get("/");
    const [line] = effects(await record);
    expect(line).toContain("[ExpressionValueEvaluationFailure: Expression evaluation failed.");
  });

  it("has what expressions say", async () => {
    const { gateway, next } = await traced({
      policy: {
        inbound: `<set-variable name="n" value="@{ context.Trace("hello"); return 1; }" /><return-response />`,
      },
    });
    const record = next();
    await gateway.get("/");
    expect((await record).events.find(({ policy }) => policy === "context.Trace")?.effect).toBe("hello");
  });

  it("shows no token, no secret and no key", async () => {
    const backend = await startBackend();
    const token = await world.entra.issueUserToken({
      user: "alice",
      client: world.seed.client.clientId,
      scope: world.seed.scopes.gateway,
    });
    const secret = "s3cr3t/value+";
    const { gateway, next } = await traced({
      serviceUrl: backend.url,
      namedValues: { secret: { value: secret, secret: true } },
      subscriptions: [{ id: "s", primaryKey: "the-subscription-key", secondaryKey: "-", scope: "all-apis" }],
      trustedCa: world.certificatePem,
      policy: {
        inbound: `
          <set-variable name="plain" value="@(context.Request.Headers.GetValueOrDefault("Authorization", "").Substring(7))" />
          <set-variable name="body" value="secret={{secret}}" />
          <set-variable name="form" value="@("x=" + Uri.EscapeDataString("{{secret}}"))" />
          <set-header name="X-Note"><value>@("token: " + context.Variables["plain"])</value></set-header>
          <set-header name="X-Forwarded-Authorization"><value>opaque-token-value</value></set-header>
          <set-query-parameter name="client_secret"><value>other-secret-value</value></set-query-parameter>
          <trace source="me"><message>@("{{secret}} " + context.Request.Headers["Ocp-Apim-Subscription-Key"][0])</message></trace>
          <send-request response-variable-name="r"><set-url>${backend.url}/p?code=query-secret</set-url></send-request>
          <set-variable name="n" value="@(((JObject)null)["{{secret}}"])" />`,
      },
    });
    const record = next();
    await gateway.get("/?x=url-secret", {
      authorization: `Bearer ${token}`,
      "ocp-apim-subscription-key": "the-subscription-key",
    });
    const text = JSON.stringify(await record);
    expect(text).toContain("[redacted]");
    for (const hidden of [
      token,
      "eyJ",
      secret,
      encodeURIComponent(secret),
      "opaque-token",
      "other-secret",
      "the-subscription-key",
      "query-secret",
      "url-secret",
    ]) {
      expect(text).not.toContain(hidden);
    }
  });
});
