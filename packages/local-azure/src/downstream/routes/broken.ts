import { reproducibleBytes } from "../reproducibleBytes.ts";
import { type Call, numberIn, type Route } from "./route.ts";

const DEFAULT_CUT_AFTER_BYTES = 1_000;
const MAX_CUT_AFTER_BYTES = 16_777_216;
const MISSING_BYTES = 1_000;

/** Answers that no server should give. */
export const brokenRoutes: readonly Route[] = [
  { methods: ["GET"], path: "/cut", answer: cutOff },
  { methods: ["GET"], path: "/hang", answer: hang },
  { methods: ["GET"], path: "/garbage", answer: garbage },
];

/** Promises a body, in its length or by `chunked=1`, and dies `after` bytes of it. */
async function cutOff(call: Call): Promise<void> {
  const { response, query, cut } = call;
  const after = numberIn(call, "after", { default: DEFAULT_CUT_AFTER_BYTES, max: MAX_CUT_AFTER_BYTES });
  response.writeHead(200, {
    "content-type": "application/octet-stream",
    ...(query.get("chunked") === "1" ? {} : { "content-length": after + MISSING_BYTES }),
  });
  response.flushHeaders();
  await new Promise<void>((resolve, reject) =>
    response.write(reproducibleBytes(0, after), (error) => (error ? reject(error) : resolve())),
  );
  cut();
}

/** Never answers: until the client gives up, or the server is stopped. */
function hang({ signal }: Call): Promise<void> {
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}

/** Answers with something that is not HTTP. */
async function garbage({ response, cut }: Call): Promise<void> {
  await new Promise<void>((resolve, reject) =>
    response.socket?.write("\x00This is not HTTP.\r\n\r\n", (error) => (error ? reject(error) : resolve())),
  );
  cut();
}
