import autocannon from "autocannon";
import { answerTask } from "./inProcess.ts";
import type { Load, LoadTask } from "./load.ts";

answerTask<LoadTask, Load>(async ({ url, connections, seconds, calls, users }) => {
  const result = await autocannon({
    url,
    connections,
    ...(calls === undefined ? { duration: seconds ?? 10 } : { amount: calls }),
    requests: users.map((headers) => ({ method: "GET", headers })),
  });
  const { errors, timeouts, non2xx } = result;
  if (errors + timeouts + non2xx > 0) {
    throw new Error(`${url}: ${non2xx} refusals, ${errors} errors, ${timeouts} time-outs of ${result.requests.total}.`);
  }
  return {
    callsPerSecond: result.requests.average,
    p50Ms: result.latency.p50,
    p99Ms: result.latency.p99,
    calls: result.requests.total,
  };
});
