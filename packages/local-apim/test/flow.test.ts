import { describe, expect, it } from "vitest";
import { startBackend, status } from "./support/backend.ts";
import { type Options, policies, startGateway } from "./support/gateway.ts";

const answer = (text: string): string => `<return-response><set-body>${text}</set-body></return-response>`;

describe("scopes", () => {
  const mark = (letter: string): string =>
    `<set-variable name="path" value="@((string)context.Variables.GetValueOrDefault("path", "") + "${letter}")" />`;
  const wrapped = (letter: string): string => `${mark(letter)}<base />${mark(letter.toLowerCase())}`;
  const show = `<set-header name="X-Path"><value>@((string)context.Variables["path"])</value></set-header>`;
  const chain = (operationInbound: string): Options => ({
    globalPolicy: {
      file: "global.xml",
      text: `<policies><inbound>${mark("G")}</inbound><backend><forward-request /></backend><outbound>${show}</outbound><on-error /></policies>`,
    },
    products: [{ id: "open", apis: ["api"], subscriptionRequired: false, policy: policies({ inbound: wrapped("P") }) }],
    apis: [
      {
        id: "api",
        path: "api",
        subscriptionRequired: false,
        policy: policies({ inbound: wrapped("A") }),
        operations: [{ id: "op", method: "GET", urlTemplate: "/*", policy: policies({ inbound: operationInbound }) }],
      },
    ],
  });

  it("runs the outer scopes where <base /> stands", async () => {
    const backend = await startBackend();
    const { apis = [], ...rest } = chain(wrapped("O"));
    const gateway = await startGateway({ ...rest, apis: apis.map((api) => ({ ...api, serviceUrl: backend.url })) });
    expect((await gateway.get("/")).headers["x-path"]).toBe("OAPGpao");
  });

  it("does not run them without <base />", async () => {
    const backend = await startBackend();
    const { apis = [], ...rest } = chain(mark("O"));
    const gateway = await startGateway({ ...rest, apis: apis.map((api) => ({ ...api, serviceUrl: backend.url })) });
    expect((await gateway.get("/")).headers["x-path"]).toBe("O");
  });

  it("takes a section that a document does not have from outside", async () => {
    const backend = await startBackend();
    const gateway = await startGateway({
      serviceUrl: backend.url,
      policy: { file: "p.xml", text: `<policies><outbound>${mark("x")}${show}</outbound></policies>` },
    });
    expect(await gateway.get("/")).toMatchObject({ status: 200, headers: { "x-path": "x", "x-backend": "here" } });
  });

  it("forwards nothing from an empty backend section", async () => {
    const backend = await startBackend();
    const gateway = await startGateway({ serviceUrl: backend.url, policy: { backend: "" } });
    expect(await gateway.get("/")).toMatchObject({ status: 200, body: "" });
    expect(backend.requests).toEqual([]);
  });

  it("puts fragments where they are included, with named values in them", async () => {
    const gateway = await startGateway({
      fragments: { greet: { file: "greet.xml", text: `<fragment>${answer("{{greeting}}, {{ who }}")}</fragment>` } },
      namedValues: { greeting: "Hello", who: { value: "secret", secret: true } },
      policy: { inbound: `<include-fragment fragment-id="greet" />` },
    });
    expect((await gateway.get("/")).body).toBe("Hello, secret");
  });

  it("puts named values into expressions, as text", async () => {
    const gateway = await startGateway({
      namedValues: { "a-b.c": `1" + "2` },
      policy: { inbound: answer(`@("{{a-b.c}}".Length.ToString())`) },
    });
    expect((await gateway.get("/")).body).toBe("11");
  });
});

describe("choose", () => {
  it("runs the first branch whose condition holds, or otherwise", async () => {
    const gateway = await startGateway({
      policy: {
        inbound: `<choose>
          <when condition="@(context.Request.Headers.ContainsKey("X-A"))">${answer("a")}</when>
          <when condition="@(context.Request.Headers.ContainsKey(&quot;X-B&quot;))">${answer("b")}</when>
          <when condition="false">${answer("never")}</when>
          <otherwise>${answer("other")}</otherwise>
        </choose>`,
      },
    });
    const bodies = [{ "x-b": "1", "x-a": "1" }, { "x-b": "1" }, {}].map(
      async (headers) => (await gateway.get("/", headers)).body,
    );
    expect(await Promise.all(bodies)).toEqual(["a", "b", "other"]);
  });
});

describe("return-response", () => {
  it("ends the pipeline: nothing that follows runs, outbound neither", async () => {
    const backend = await startBackend();
    const gateway = await startGateway({
      serviceUrl: backend.url,
      policy: {
        inbound: `<return-response>
            <set-status code="418" reason="Short" />
            <set-header name="X-Two"><value>1</value><value>2</value></set-header>
            <set-body>{ "a": 1 }</set-body>
          </return-response>`,
        outbound: `<set-header name="X-Outbound"><value>ran</value></set-header>`,
      },
    });
    const response = await gateway.get("/");
    expect(response).toMatchObject({ status: 418, statusText: "Short", body: '{ "a": 1 }' });
    expect(response.headers["x-two"]).toEqual(["1", "2"]);
    expect(response.headers).not.toHaveProperty("x-outbound");
    expect(backend.requests).toEqual([]);
  });

  it("is an empty 200 when nothing stands in it", async () => {
    const gateway = await startGateway({ policy: { inbound: "<return-response />" } });
    expect(await gateway.get("/")).toMatchObject({ status: 200, body: "", headers: { "content-length": "0" } });
  });

  it("gives a response in a variable back, and changes what it is told to", async () => {
    const other = await startBackend();
    other.answer(status(403, "no", { "x-reason": "why", "www-authenticate": "Bearer" }));
    const gateway = await startGateway({
      policy: {
        inbound: `<send-request mode="new" response-variable-name="r"><set-url>${other.url}</set-url></send-request>
          <return-response response-variable-name="r">
            <set-header name="X-Reason" exists-action="delete" />
          </return-response>`,
      },
    });
    const response = await gateway.get("/");
    expect(response).toMatchObject({ status: 403, body: "no", headers: { "www-authenticate": "Bearer" } });
    expect(response.headers).not.toHaveProperty("x-reason");
  });

  it("fails with a reason that would break the status line", async () => {
    const gateway = await startGateway({
      policy: { inbound: `<return-response><set-status code="400" reason="@("a\\r\\nb")" /></return-response>` },
    });
    expect((await gateway.get("/")).status).toBe(500);
  });

  it("fails when the variable holds no response", async () => {
    const gateway = await startGateway({
      policy: {
        inbound: `<return-response response-variable-name="none" />`,
        onError: answer("@(context.LastError.Source)"),
      },
    });
    expect(await gateway.get("/")).toMatchObject({ status: 200, body: "return-response" });
  });
});

describe("on-error", () => {
  const told = `<set-header name="X-Error"><value>@(context.LastError.Source + "|" + context.LastError.Reason + "|" + context.LastError.Scope + "|" + context.LastError.Section + "|" + context.LastError.Path + "|" + context.LastError.PolicyId + "|" + context.Response.StatusCode)</value></set-header>`;

  it("learns what failed, and where", async () => {
    const gateway = await startGateway({
      policy: {
        inbound: `<choose><when condition="false" /><when condition="true"><set-variable id="mine" name="x" value="@(((string)null).Length)" /></when></choose>`,
        onError: told,
      },
    });
    const response = await gateway.get("/");
    expect(response.headers["x-error"]).toBe(
      "set-variable|ExpressionValueEvaluationFailure|api|inbound|choose/when[2]/set-variable|mine|500",
    );
    expect(response.json()).toMatchObject({ statusCode: 500, message: "Internal server error" });
  });

  it("can make an answer of its own", async () => {
    const gateway = await startGateway({
      policy: {
        inbound: `<set-variable name="x" value="@((int)context.Variables["none"])" />`,
        onError: `<return-response><set-status code="502" reason="Bad" /><set-body>@(context.LastError.Message)</set-body></return-response>`,
      },
    });
    const response = await gateway.get("/");
    expect(response.status).toBe(502);
    expect(response.body).toContain("Expression evaluation failed.");
  });

  it("answers 500 when it fails itself", async () => {
    const gateway = await startGateway({
      policy: {
        inbound: `<set-variable name="x" value="@((int)context.Variables["none"])" />`,
        onError: `<set-status code="400" reason="Bad" /><set-variable name="y" value="@((int)context.Variables["none"])" />`,
      },
    });
    expect((await gateway.get("/")).json()).toMatchObject({ statusCode: 500 });
  });

  it("has no LastError and no response to see when all is well", async () => {
    const gateway = await startGateway({
      policy: { inbound: answer('@((context.LastError == null) + " " + (context.Response == null))') },
    });
    expect((await gateway.get("/")).body).toBe("True True");
  });
});

describe("retry", () => {
  const waits = (): { readonly options: Options; readonly seconds: number[] } => {
    const seconds: number[] = [];
    return { seconds, options: { sleep: async (ms) => void seconds.push(ms / 1_000) } };
  };

  it("sends the request again, its body too, while the condition holds", async () => {
    const backend = await startBackend();
    const bodies: string[] = [];
    backend.answer((request, response) => {
      let body = "";
      request.on("data", (chunk) => {
        body += chunk;
      });
      request.on("end", () => {
        bodies.push(body);
        response.writeHead(bodies.length < 3 ? 503 : 200).end();
      });
    });
    const { options, seconds } = waits();
    const gateway = await startGateway({
      ...options,
      serviceUrl: backend.url,
      policy: {
        backend: `<retry condition="@(context.Response.StatusCode == 503)" count="5" interval="2" delta="3" first-fast-retry="true">
          <forward-request buffer-request-body="true" /></retry>`,
      },
    });
    expect((await gateway.ask("/", { method: "POST", body: "again" })).status).toBe(200);
    expect(bodies).toEqual(["again", "again", "again"]);
    expect(seconds).toEqual([5]);
  });

  it("gives up after its count, having waited longer and longer", async () => {
    const backend = await startBackend();
    backend.answer(status(503));
    const { options, seconds } = waits();
    const gateway = await startGateway({
      ...options,
      serviceUrl: backend.url,
      policy: {
        backend: `<retry condition="@(context.Response.StatusCode == 503)" count="4" interval="10" max-interval="60" delta="10"><forward-request /></retry>`,
      },
    });
    expect((await gateway.get("/")).status).toBe(503);
    expect(backend.requests).toHaveLength(5);
    expect(seconds[0]).toBe(10);
    expect(seconds[1]).toBeGreaterThanOrEqual(18);
    expect(seconds[1]).toBeLessThanOrEqual(22);
    expect(seconds[3]).toBe(60);
  });
});

describe("wait", () => {
  it("runs requests at the same time, until all are answered", async () => {
    const backend = await startBackend();
    const waiting: (() => void)[] = [];
    backend.answer((_, response) => {
      waiting.push(() => response.end("done"));
      // Neither is answered before both have come.
      if (waiting.length === 2) for (const go of waiting) go();
    });
    const one = (name: string): string =>
      `<send-request response-variable-name="${name}"><set-url>${backend.url}</set-url></send-request>`;
    const gateway = await startGateway({
      policy: {
        inbound: `<wait for="all">${one("a")}${one("b")}</wait>${answer(`@(((IResponse)context.Variables["a"]).Body.As<string>() + ((IResponse)context.Variables["b"]).Body.As<string>())`)}`,
      },
    });
    expect((await gateway.get("/")).body).toBe("donedone");
  });
});
