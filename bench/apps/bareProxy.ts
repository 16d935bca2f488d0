import { ReadableStream } from "node:stream/web";
import { app } from "@azure/functions";
import { Pool } from "undici";

// A proxy that does nothing but proxy: no authentication, no checks, no headers but these.
const pool = new Pool(process.env.DOWNSTREAM ?? "", { connections: 256, pipelining: 1 });

app.setup({ enableHttpStream: true });
app.http("proxy", {
  route: "proxy/{*path}",
  methods: ["GET"],
  authLevel: "anonymous",
  handler: async (request) => {
    const { statusCode, headers, body } = await pool.request({
      method: "GET",
      path: `/${request.params.path ?? ""}`,
      headers: { accept: request.headers.get("accept") ?? "*/*" },
    });
    return {
      status: statusCode,
      headers: { "content-type": String(headers["content-type"]) },
      body: ReadableStream.from<Uint8Array>(body),
    };
  },
});
