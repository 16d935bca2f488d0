import { once } from "node:events";
import { request as httpRequest } from "node:http";
import { describe, expect, it } from "vitest";
import { startBackend, status } from "./support/backend.ts";
import { startGateway } from "./support/gateway.ts";

describe("the request on its way to the backend", () => {
  it("goes as it came, with the backend's host and the caller's address", async () => {
    const backend = await startBackend();
    const gateway = await startGateway({ serviceUrl: `${backend.url}/base/` });
    const answer = await gateway.ask("/a%2Fb/c?x=1&y=%20z&y=+w", {
      method: "POST",
      headers: { "x-custom": "kept", "x-forwarded-for": "192.0.2.1" },
      body: "content",
    });
    expect(answer.status).toBe(200);
    expect(answer.headers["x-backend"]).toBe("here");
    const [request] = backend.requests;
    expect(request).toMatchObject({ method: "POST", url: "/base/a%2Fb/c?x=1&y=%20z&y=+w", body: "content" });
    expect(request?.headers).toMatchObject({
      host: new URL(backend.url).host,
      "x-custom": "kept",
      "x-forwarded-for": "192.0.2.1, 127.0.0.1",
      "content-length": "7",
    });
  });

  it("leaves behind what is about the connection to the gateway", async () => {
    const backend = await startBackend();
    const gateway = await startGateway({ serviceUrl: backend.url });
    const headers = {
      connection: "keep-alive, x-hop",
      "x-hop": "1",
      te: "trailers",
      expect: "100-continue",
      "x-kept": "1",
    };
    const asked = httpRequest(`${gateway.url}/api/`, { method: "POST", headers });
    asked.end("content");
    await once(asked, "response");
    const received = Object.keys(backend.requests[0]?.headers ?? {});
    expect(received).toContain("x-kept");
    expect(received.filter((name) => ["x-hop", "te", "expect", "keep-alive"].includes(name))).toEqual([]);
  });

  it("has the headers that set-header makes", async () => {
    const backend = await startBackend();
    const gateway = await startGateway({
      serviceUrl: backend.url,
      policy: {
        inbound: `
          <set-header name="X-Over"><value>one</value><value>two</value></set-header>
          <set-header name="X-Skip" exists-action="skip"><value>mine</value></set-header>
          <set-header name="X-Skip-Absent" exists-action="skip"><value>mine</value></set-header>
          <set-header name="X-Add" exists-action="append"><value>more</value></set-header>
          <set-header name="X-Gone" exists-action="delete" />
          <set-header name="@("X-" + context.Request.Method)"><value>@(context.Request.Headers.GetValueOrDefault("X-Over", "none"))</value></set-header>`,
      },
    });
    await gateway.get("/", { "x-over": "old", "x-skip": "theirs", "x-add": "first", "x-gone": "secret" });
    expect(backend.requests[0]?.headers).toMatchObject({
      "x-over": "one|two",
      "x-skip": "theirs",
      "x-skip-absent": "mine",
      "x-add": "first|more",
      "x-get": "one,two",
    });
    expect(backend.requests[0]?.headers).not.toHaveProperty("x-gone");
  });

  it("has another Host only when a policy sets one", async () => {
    const backend = await startBackend();
    const gateway = await startGateway({
      serviceUrl: backend.url,
      policy: { inbound: `<set-header name="Host"><value>elsewhere.example</value></set-header>` },
    });
    await gateway.get("/");
    expect(backend.requests[0]?.headers.host).toBe("elsewhere.example");
  });

  it("refuses to put line ends into a header", async () => {
    const backend = await startBackend();
    const gateway = await startGateway({
      serviceUrl: backend.url,
      policy: { inbound: `<set-header name="X-A"><value>@("a\\r\\nX-B: c")</value></set-header>` },
    });
    expect((await gateway.get("/")).status).toBe(500);
    expect(backend.requests).toEqual([]);
  });

  it("has the query that set-query-parameter makes, the rest of it untouched", async () => {
    const backend = await startBackend();
    const gateway = await startGateway({
      serviceUrl: backend.url,
      policy: {
        inbound: `
          <set-query-parameter name="over" exists-action="override"><value>a b&amp;c</value></set-query-parameter>
          <set-query-parameter name="kept" exists-action="skip"><value>x</value></set-query-parameter>
          <set-query-parameter name="more" exists-action="append"><value>2</value></set-query-parameter>
          <set-query-parameter name="gone" exists-action="delete" />`,
      },
    });
    await gateway.get("/p?over=old&kept=%7e&more=1&Gone=secret");
    expect(backend.requests[0]?.url).toBe("/p?kept=%7e&more=1&over=a%20b%26c&more=2");
  });

  it("has the method and the body that policies give it", async () => {
    const backend = await startBackend();
    const gateway = await startGateway({
      serviceUrl: backend.url,
      policy: {
        inbound: `<set-method>put</set-method>
          <set-body>@{ var body = context.Request.Body.As<JObject>(preserveContent: true); body["seen"] = true; return body.ToString(Newtonsoft.Json.Formatting.None); }</set-body>`,
      },
    });
    await gateway.ask("/", { method: "POST", body: '{"a":1}' });
    expect(backend.requests[0]).toMatchObject({ method: "PUT", body: '{"a":1,"seen":true}' });
    expect(backend.requests[0]?.headers["content-length"]).toBe("19");
  });

  it("loses a body that an expression read without preserving it", async () => {
    const backend = await startBackend();
    const inbound = (flag: string): string =>
      `<set-header name="X-Length"><value>@(context.Request.Body.As<string>(${flag}).Length.ToString())</value></set-header>`;
    const lost = await startGateway({ serviceUrl: backend.url, policy: { inbound: inbound("") } });
    await lost.ask("/", { method: "POST", body: "12345" });
    const kept = await startGateway({ serviceUrl: backend.url, policy: { inbound: inbound("true") } });
    await kept.ask("/", { method: "POST", body: "12345" });
    expect(backend.requests.map(({ body, headers }) => [headers["x-length"], body])).toEqual([
      ["5", ""],
      ["5", "12345"],
    ]);
  });

  it("reads a body once for an expression that reads it twice", async () => {
    const backend = await startBackend();
    const gateway = await startGateway({
      serviceUrl: backend.url,
      policy: {
        inbound: `<set-header name="X-Lengths"><value>@(context.Request.Body.As<string>().Length + "," + context.Request.Body.As<string>().Length)</value></set-header>`,
      },
    });
    await gateway.ask("/", { method: "POST", body: "12345" });
    expect(backend.requests[0]?.headers["x-lengths"]).toBe("5,0");
  });

  it("is rewritten, with or without the caller's query", async () => {
    const backend = await startBackend();
    const rewrite = (attributes: string) =>
      startGateway({
        apis: [
          {
            id: "api",
            path: "api",
            serviceUrl: `${backend.url}/root`,
            subscriptionRequired: false,
            operations: [{ id: "one", method: "GET", urlTemplate: "/shops/{shop}/orders/{order}" }],
            policy: { file: "p.xml", text: `<policies><inbound><rewrite-uri ${attributes} /></inbound></policies>` },
          },
        ],
      });
    const template = `template="/v2/{order}?shop={shop}&amp;fixed=1"`;
    await (await rewrite(template)).get("/shops/a%20b/orders/7?q=1&fixed=2");
    await (await rewrite(`${template} copy-unmatched-params="false"`)).get("/shops/a/orders/7?q=1");
    await (await rewrite(`template="@("/x/" + context.Request.MatchedParameters["shop"])"`)).get(
      "/shops/a%20b/orders/7",
    );
    expect(backend.requests.map(({ url }) => url)).toEqual([
      "/root/v2/7?shop=a%20b&fixed=1&q=1",
      "/root/v2/7?shop=a&fixed=1",
      "/root/x/a%20b",
    ]);
  });

  it("goes to the backend that set-backend-service names", async () => {
    const backend = await startBackend();
    const by = (attributes: string) =>
      startGateway({
        serviceUrl: "http://localhost:1/old",
        backends: { functions: { url: `${backend.url}/functions` } },
        policy: { inbound: `<set-backend-service ${attributes} />` },
      });
    await (await by(`backend-id="functions"`)).get("/a?b=c");
    await (await by(`backend-id="@("func" + "tions")"`)).get("/a");
    await (await by(`base-url="${backend.url}/new/"`)).get("/a");
    expect(backend.requests.map(({ url }) => url)).toEqual(["/functions/a?b=c", "/functions/a", "/new/a"]);
    const unknown = await (await by(`backend-id="@("no" + "ne")"`)).get("/a");
    expect(unknown.status).toBe(500);
  });

  it("shows expressions where it goes, and where it came from", async () => {
    const backend = await startBackend();
    const gateway = await startGateway({
      serviceUrl: `${backend.url}/base`,
      policy: {
        inbound: `<return-response><set-body>@(context.Request.OriginalUrl.Path + " " + context.Request.Url.Path + " " + context.Request.Url.QueryString + " " + context.Api.Path + " " + context.Operation.Id + " " + context.Request.IpAddress)</set-body></return-response>`,
      },
    });
    expect((await gateway.get("/a?b=c")).body).toBe("/api/a /base/a ?b=c api get-any 127.0.0.1");
  });
});

describe("the answer on its way back", () => {
  it("can be changed: status, headers, body", async () => {
    const backend = await startBackend();
    backend.answer(status(201, '{"name":"x"}', { "x-powered-by": "y" }));
    const gateway = await startGateway({
      serviceUrl: backend.url,
      policy: {
        outbound: `
          <set-status code="202" reason="Taken" />
          <set-header name="X-Powered-By" exists-action="delete" />
          <set-header name="X-Status"><value>@(context.Response.StatusCode.ToString())</value></set-header>
          <set-body>@("name: " + context.Response.Body.As<JObject>()["name"])</set-body>`,
      },
    });
    const answer = await gateway.get("/");
    expect(answer).toMatchObject({ status: 202, statusText: "Taken", body: "name: x" });
    expect(answer.headers).toMatchObject({ "x-status": "202", "content-length": "7" });
    expect(answer.headers).not.toHaveProperty("x-powered-by");
  });

  it("has text replaced, in both directions", async () => {
    const backend = await startBackend();
    const gateway = await startGateway({
      serviceUrl: backend.url,
      policy: {
        inbound: `<find-and-replace from="ping" to="@("po" + "ng")" />`,
        outbound: `<find-and-replace from="pong" to="bang" />`,
      },
    });
    const answer = await gateway.ask("/", { method: "POST", body: "ping ping" });
    expect(backend.requests[0]?.body).toBe("pong pong");
    expect(answer.json().body).toBe("bang bang");
  });
});
