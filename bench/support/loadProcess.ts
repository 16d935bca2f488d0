import autocannon from "autocannon";
import { answerTask } from "./inProcess.ts";
import type { Load, LoadTask } from "./load.ts";

answerTask<LoadTask, Load>(async ({ url, connections, seconds, calls, users }) => {
  const requests = users.map((headers) => ({ method: "GET" as const, headers }));
  let connection = 0;
  const result = await autocannon({
    url,
    connections,
    ...(calls === undefined ? { duration: seconds ?? 10 } : { amount: calls }),
    requests,
    // Each connection begins with another user: together they are at all of them, not at the first few.
    setupClient: (client) => {
      const at = Math.floor((connection++ * requests.length) / connections);
      client.setRequests([...requests.slice(at), ...requests.slice(0, at)]);
    },
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
