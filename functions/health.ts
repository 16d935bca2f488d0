import type { ReadinessReport } from "../shared/health/readiness.ts";
import type { CallHandler } from "./http/httpCall.ts";
import { jsonAnswer } from "./http/httpCall.ts";

/** GET /api/health/live: the process answers. It says nothing about what it depends on. */
export const liveHandler: CallHandler = async () => jsonAnswer(200, { status: "live" });

/** GET /api/health/ready: whether a call could be served now, by dependency; 503 if not. */
export function readyHandler(report: () => Promise<ReadinessReport>): CallHandler {
  return async () => {
    const ready = await report();
    return jsonAnswer(ready.status === "ready" ? 200 : 503, ready);
  };
}
