import { once } from "node:events";
import { request as httpsRequest } from "node:https";
import { text } from "node:stream/consumers";
import { PortTakenError } from "@obo-gateway/local-azure/net/listen.ts";
import { createCertificateAuthority } from "@obo-gateway/local-azure/tls/certificateAuthority.ts";
import { describe, expect, it } from "vitest";
import { startApim } from "../src/apim.ts";
import { startBackend } from "./support/backend.ts";
import { startGateway } from "./support/gateway.ts";

describe("the gateway", () => {
  it("listens with TLS, and trusts a private CA behind it", async () => {
    const authority = await createCertificateAuthority();
    const tls = await authority.issue();
    const show = `<return-response><set-body>@(context.Request.OriginalUrl.Scheme + " " + context.Request.OriginalUrl.Port)</set-body></return-response>`;
    const behind = await startGateway({ tls, policy: { inbound: show } });
    const asked = httpsRequest(`${behind.url}/api/`, { ca: authority.certificatePem });
    asked.end();
    const [response] = await once(asked, "response");
    expect(await text(response)).toBe(`https ${new URL(behind.url).port}`);
    const trusting = await startGateway({ serviceUrl: `${behind.url}/api`, trustedCa: authority.certificatePem });
    expect(await trusting.get("/")).toMatchObject({ status: 200, body: expect.stringContaining("https") });
    const doubting = await startGateway({ serviceUrl: `${behind.url}/api` });
    expect((await doubting.get("/")).status).toBe(500);
  });

  it("names the port that is taken", async () => {
    const gateway = await startGateway();
    const port = Number(new URL(gateway.url).port);
    await expect(startApim({ apis: [], tier: "BasicV2", port })).rejects.toThrow(PortTakenError);
  });

  it("takes a header of the size that policies must be able to refuse", async () => {
    const gateway = await startGateway({
      policy: {
        inbound: `<choose><when condition="@(context.Request.Headers.Sum(h => h.Key.Length + h.Value.Sum(v => v.Length)) > 32768)">
          <return-response><set-status code="431" reason="Request Header Fields Too Large" /></return-response></when></choose><return-response />`,
      },
    });
    expect((await gateway.get("/", { "x-large": "a".repeat(40_000) })).status).toBe(431);
    expect((await gateway.get("/", { "x-large": "a".repeat(10_000) })).status).toBe(200);
  });

  it("keeps bytes above ASCII in headers as they are, in both directions", async () => {
    const backend = await startBackend();
    backend.answer((request, response) => {
      response.writeHead(200, { "x-back": request.headers["x-odd"] ?? "" }).end();
    });
    const gateway = await startGateway({ serviceUrl: backend.url });
    const answer = await gateway.get("/", { "x-odd": "caf\u00e9" });
    expect(Buffer.from(String(answer.headers["x-back"]), "latin1").toString("hex")).toBe(
      Buffer.from("café", "latin1").toString("hex"),
    );
  });

  it("survives a listener that throws, and says so", async () => {
    const lines: string[] = [];
    const gateway = await startGateway({
      policy: { inbound: "<return-response />" },
      log: (line) => lines.push(line),
      trace: () => {
        throw new Error("a listener's own fault");
      },
    });
    expect((await gateway.get("/")).status).toBe(200);
    expect((await gateway.get("/")).status).toBe(200);
    expect(lines[0]).toContain("a listener's own fault");
  });

  it("stops with requests under way", async () => {
    const backend = await startBackend();
    const arrived = new Promise<void>((resolve) => backend.answer(() => resolve()));
    const apim = await startApim({
      apis: [
        {
          id: "a",
          path: "",
          serviceUrl: backend.url,
          subscriptionRequired: false,
          operations: [{ id: "o", method: "GET", urlTemplate: "/*" }],
        },
      ],
      tier: "Developer",
    });
    const pending = fetch(`${apim.url}/x`);
    const failed = expect(pending).rejects.toThrow();
    await arrived;
    await apim.close();
    await failed;
  });
});
