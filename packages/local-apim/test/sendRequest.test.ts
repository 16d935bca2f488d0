import { describe, expect, it } from "vitest";
import type { ManagedIdentity } from "../src/options.ts";
import { startBackend, status } from "./support/backend.ts";
import { startGateway } from "./support/gateway.ts";

const show = (expression: string): string => `<return-response><set-body>@(${expression})</set-body></return-response>`;
const tell = {
  onError: `<set-header name="X-Reason"><value>@(context.LastError.Source + " " + context.LastError.Reason)</value></set-header>`,
};

describe("send-request", () => {
  it("sends what stands in it, and keeps the answer", async () => {
    const other = await startBackend();
    const gateway = await startGateway({
      policy: {
        inbound: `
          <send-request mode="new" response-variable-name="r" timeout="5">
            <set-url>@("${other.url}" + "/token?x=1")</set-url>
            <set-method>POST</set-method>
            <set-header name="Content-Type"><value>application/x-www-form-urlencoded</value></set-header>
            <set-body>@("grant_type=x&secret=" + System.Net.WebUtility.UrlEncode("a b&c"))</set-body>
          </send-request>
          ${show(`((IResponse)context.Variables["r"]).StatusCode + " " + ((IResponse)context.Variables["r"]).Headers["x-backend"][0] + " " + ((IResponse)context.Variables["r"]).Body.As<JObject>()["method"]`)}`,
      },
    });
    const answer = await gateway.get("/", { "x-own": "1", authorization: "Bearer secret" });
    expect(answer.body).toBe("200 here POST");
    expect(other.requests[0]).toMatchObject({ method: "POST", url: "/token?x=1", body: "grant_type=x&secret=a+b%26c" });
    expect(other.requests[0]?.headers).not.toHaveProperty("authorization");
    expect(other.requests[0]?.headers).not.toHaveProperty("x-own");
  });

  it("copies the request, and leaves the original whole", async () => {
    const backend = await startBackend();
    const other = await startBackend();
    const gateway = await startGateway({
      serviceUrl: backend.url,
      policy: {
        inbound: `<send-request mode="copy" response-variable-name="r"><set-url>${other.url}/copy</set-url><set-header name="X-Copy"><value>1</value></set-header></send-request>`,
      },
    });
    await gateway.ask("/p", { method: "PUT", headers: { "x-own": "1" }, body: "content" });
    expect(other.requests[0]).toMatchObject({
      method: "PUT",
      url: "/copy",
      body: "content",
      headers: { "x-own": "1", "x-copy": "1" },
    });
    expect(backend.requests[0]).toMatchObject({ method: "PUT", url: "/p", body: "content" });
    expect(backend.requests[0]?.headers).not.toHaveProperty("x-copy");
  });

  it("takes an error status for an answer", async () => {
    const other = await startBackend();
    other.answer(status(503, "down"));
    const gateway = await startGateway({
      policy: {
        inbound: `<send-request response-variable-name="r"><set-url>${other.url}</set-url></send-request>${show(`((IResponse)context.Variables["r"]).StatusCode.ToString()`)}`,
      },
    });
    expect((await gateway.get("/")).body).toBe("503");
  });

  it("fails when there is no answer, or leaves null if told to ignore that", async () => {
    const policy = (attributes: string, url: string) => ({
      ...tell,
      inbound: `<send-request response-variable-name="r" ${attributes}><set-url>${url}</set-url></send-request>
        ${show(`(context.Variables.ContainsKey("r") ? "set " : "not set ") + (context.Variables["r"] == null)`)}`,
    });
    const fails = await startGateway({ policy: policy("", "http://localhost:1/") });
    expect(await fails.get("/")).toMatchObject({
      status: 500,
      headers: { "x-reason": "send-request BackendConnectionFailure" },
    });
    const ignores = await startGateway({ policy: policy(`ignore-error="true"`, "http://localhost:1/") });
    expect((await ignores.get("/")).body).toBe("set True");
    const silent = await startBackend();
    silent.answer(() => undefined);
    const times = await startGateway({ policy: policy(`timeout="0"`, silent.url) });
    expect(await times.get("/")).toMatchObject({ status: 500, headers: { "x-reason": "send-request Timeout" } });
  });

  it("takes an answer that breaks off, or does not end in time, for none", async () => {
    const broken = await startBackend();
    broken.answer((_, response) => {
      response.writeHead(200, { "content-length": "100" });
      response.write("half", () => response.destroy());
    });
    const endless = await startBackend();
    endless.answer((_, response) => {
      response.writeHead(200);
      response.write("half");
    });
    const outcome = async (url: string, attributes: string) => {
      const inbound = `<send-request response-variable-name="r" ${attributes}><set-url>${url}</set-url></send-request>
        ${show(`(context.Variables["r"] == null).ToString()`)}`;
      const { body, headers } = await (await startGateway({ policy: { ...tell, inbound } })).get("/");
      return headers["x-reason"] ?? body;
    };
    expect(await outcome(broken.url, "")).toBe("send-request BackendConnectionFailure");
    expect(await outcome(broken.url, `ignore-error="true"`)).toBe("True");
    expect(await outcome(endless.url, `timeout="1"`)).toBe("send-request Timeout");
  });

  it("fails with an address that is none", async () => {
    const gateway = await startGateway({
      policy: {
        ...tell,
        inbound: `<send-request response-variable-name="r"><set-url>nowhere</set-url></send-request>`,
      },
    });
    expect(await gateway.get("/")).toMatchObject({ status: 500, headers: { "x-reason": "send-request InvalidUrl" } });
  });

  it("reads an answer's body once, unless it is preserved", async () => {
    const other = await startBackend();
    other.answer(status(200, "12345"));
    const length = (flag: string): string => `((IResponse)context.Variables["r"]).Body.As<string>(${flag}).Length`;
    const gateway = await startGateway({
      policy: {
        inbound: `<send-request response-variable-name="r"><set-url>${other.url}</set-url></send-request>
          <set-variable name="a" value="@(${length("true")})" /><set-variable name="b" value="@(${length("")})" />
          ${show(`context.Variables["a"] + " " + context.Variables["b"] + " " + ${length("")}`)}`,
      },
    });
    expect((await gateway.get("/")).body).toBe("5 5 0");
  });
});

describe("send-one-way-request", () => {
  it("does not wait for the answer", async () => {
    const other = await startBackend();
    const came = new Promise<void>((resolve) => {
      other.answer(() => resolve());
    });
    const gateway = await startGateway({
      policy: {
        inbound: `<send-one-way-request mode="new"><set-url>${other.url}/audit</set-url><set-method>POST</set-method><set-body>x</set-body></send-one-way-request><return-response />`,
      },
    });
    expect((await gateway.get("/")).status).toBe(200);
    await came;
    expect(other.requests[0]).toMatchObject({ method: "POST", url: "/audit" });
  });

  it("logs that it came to nothing", async () => {
    let logged = (_line: string): void => undefined;
    const line = new Promise<string>((resolve) => {
      logged = resolve;
    });
    const gateway = await startGateway({
      log: (text) => logged(text),
      policy: {
        inbound: `<send-one-way-request><set-url>http://localhost:1/</set-url></send-one-way-request><return-response />`,
      },
    });
    expect((await gateway.get("/")).status).toBe(200);
    expect(await line).toContain("send-one-way-request failed");
  });
});

describe("authentication", () => {
  it("by managed identity sets Authorization, and keeps the token until shortly before its end", async () => {
    const backend = await startBackend();
    let nowMs = 0;
    const asked: unknown[] = [];
    const identity: ManagedIdentity = async (resource, clientId) => {
      asked.push([resource, clientId]);
      return { accessToken: `token-${asked.length}`, expiresOnMs: nowMs + 3_600_000 };
    };
    const gateway = await startGateway({
      serviceUrl: backend.url,
      identity,
      now: () => nowMs,
      policy: { inbound: `<authentication-managed-identity resource="@("api://" + "x")" client-id="me" />` },
    });
    const token = async (): Promise<string | undefined> => {
      await gateway.get("/", { authorization: "Bearer user" });
      return backend.requests.at(-1)?.headers.authorization;
    };
    expect(await Promise.all([token(), token()])).toEqual(["Bearer token-1", "Bearer token-1"]);
    nowMs += 3_299_999;
    expect(await token()).toBe("Bearer token-1");
    nowMs += 1;
    expect(await Promise.all([token(), token()])).toEqual(["Bearer token-2", "Bearer token-2"]);
    expect(asked).toEqual([
      ["api://x", "me"],
      ["api://x", "me"],
    ]);
  });

  it("by managed identity may put the token into a variable instead", async () => {
    const backend = await startBackend();
    const gateway = await startGateway({
      serviceUrl: backend.url,
      identity: async () => ({ accessToken: "mine", expiresOnMs: Number.MAX_SAFE_INTEGER }),
      policy: {
        inbound: `<authentication-managed-identity resource="r" output-token-variable-name="t" />
          <set-header name="X-Token"><value>@((string)context.Variables["t"])</value></set-header>`,
      },
    });
    await gateway.get("/", { authorization: "Bearer user" });
    expect(backend.requests[0]?.headers).toMatchObject({ authorization: "Bearer user", "x-token": "mine" });
  });

  it("by managed identity fails without a token, unless that is ignored, and tries again", async () => {
    const backend = await startBackend();
    let works = false;
    const identity: ManagedIdentity = async () => {
      if (!works) throw new Error("no identity endpoint");
      return { accessToken: "mine", expiresOnMs: Number.MAX_SAFE_INTEGER };
    };
    const policy = (attributes: string) => ({
      ...tell,
      inbound: `<authentication-managed-identity resource="r" ${attributes} />`,
    });
    const strict = await startGateway({ serviceUrl: backend.url, identity, policy: policy("") });
    expect(await strict.get("/")).toMatchObject({
      status: 500,
      headers: { "x-reason": "authentication-managed-identity ManagedIdentityTokenFailure" },
    });
    const lenient = await startGateway({ serviceUrl: backend.url, identity, policy: policy(`ignore-error="true"`) });
    expect((await lenient.get("/", { authorization: "Bearer user" })).status).toBe(200);
    expect(backend.requests[0]?.headers.authorization).toBe("Bearer user");
    works = true;
    expect((await strict.get("/")).status).toBe(200);
    const without = await startGateway({ serviceUrl: backend.url, policy: policy("") });
    expect((await without.get("/")).status).toBe(500);
  });

  it("works in send-request too, by identity or by password", async () => {
    const other = await startBackend();
    const gateway = await startGateway({
      identity: async () => ({ accessToken: "mine", expiresOnMs: Number.MAX_SAFE_INTEGER }),
      policy: {
        inbound: `<send-request response-variable-name="a"><set-url>${other.url}</set-url><authentication-managed-identity resource="r" /></send-request>
          <send-request response-variable-name="b"><set-url>${other.url}</set-url><authentication-basic username="me" password="pass:word" /></send-request><return-response />`,
      },
    });
    await gateway.get("/");
    const basic = `Basic ${Buffer.from("me:pass:word").toString("base64")}`;
    expect(other.requests.map(({ headers }) => headers.authorization)).toEqual(["Bearer mine", basic]);
  });

  it("by password sets Authorization of the request", async () => {
    const backend = await startBackend();
    const gateway = await startGateway({
      serviceUrl: backend.url,
      policy: { inbound: `<authentication-basic username="@("m" + "e")" password="p" />` },
    });
    await gateway.get("/");
    expect(backend.requests[0]?.headers.authorization).toBe(`Basic ${Buffer.from("me:p").toString("base64")}`);
  });
});
