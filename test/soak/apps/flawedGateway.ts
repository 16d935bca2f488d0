import { connect } from "node:net";
import { PassThrough, type Readable } from "node:stream";
import { app } from "@azure/functions";
import { createApp } from "../../../functions/app.ts";
import { downstreamHandler } from "../../../functions/downstream.ts";
import { asFunction } from "../../../functions/http/asFunction.ts";
import { TimeLimit } from "../../../functions/http/callAbort.ts";
import type { CallHandler, HttpAnswer } from "../../../functions/http/httpCall.ts";
import { RawHttpRegistry } from "../../../functions/http/rawHttp.ts";
import { loadSettings } from "../../../shared/config/loadSettings.ts";
import { jsonLog } from "../../../shared/telemetry/log.ts";

// The gateway, with the flaws that SOAK_FLAWS names: what a soak must find.
const flaws = new Set((process.env.SOAK_FLAWS ?? "").split(","));
const LONGEST_CALL_MS = 60_000;
const HOUR_MS = 3_600_000;
const EVERY = 5;
const HELD_NUMBERS = 20_000;

const sink = { info: console.info, warning: console.warn, error: console.error };
const log = jsonLog(sink);
const settings = loadSettings(process.env, { longestCallMs: LONGEST_CALL_MS });
const handle = downstreamHandler(createApp(settings, { environment: process.env, log, now: Date.now }));
const entraPort = Number(new URL(process.env.AzureAd__Instance ?? "").port);
const held: unknown[] = [];
let calls = 0;
let before: string | undefined;

const flawed: CallHandler = async (call) => {
  const now = ++calls % EVERY === 0;
  const own = call.header("authorization");
  const other = before ?? own;
  before = own;
  if (now && flaws.has("sockets")) held.push(connect(entraPort).on("error", () => undefined));
  if (now && flaws.has("timers")) held.push(setTimeout(() => undefined, HOUR_MS));
  if (now && flaws.has("memory")) held.push(Array.from({ length: HELD_NUMBERS }, () => Math.random()));
  const mixesUp = calls % EVERY === 1 && flaws.has("mix-up");
  const answer = await handle(
    mixesUp ? { ...call, header: (name) => (name === "authorization" ? other : call.header(name)) } : call,
  );
  if (now && flaws.has("tell-token")) return { ...answer, headers: [...answer.headers, ["x-debug", own ?? ""]] };
  return flaws.has("clean-end") ? endingClean(answer) : answer;
};

/** A body that breaks off ends as if it were whole. */
function endingClean(answer: HttpAnswer): HttpAnswer {
  if (typeof answer.body !== "object") return answer;
  const body: Readable = answer.body;
  const copy = new PassThrough();
  body.on("error", () => copy.end());
  body.pipe(copy);
  return { ...answer, headers: answer.headers.filter(([name]) => name !== "content-length"), body: copy };
}

app.setup({ enableHttpStream: true });
app.http("downstream", {
  route: "downstream/{api}/{*path}",
  methods: ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"],
  authLevel: "anonymous",
  handler: asFunction(flawed, {
    exchanges: new RawHttpRegistry(),
    realm: undefined,
    longestCall: new TimeLimit(LONGEST_CALL_MS),
    late: sink,
  }),
});
