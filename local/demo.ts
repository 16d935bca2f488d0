import { join } from "node:path";
import type { PolicyTrace } from "@obo-gateway/local-apim/trace.ts";
import { startFunctionsHost } from "@obo-gateway/local-azure/functionsHost/functionsHost.ts";
import { formatLine } from "@obo-gateway/local-azure/functionsHost/log.ts";
import { bundleFunctions } from "../scripts/bundle.ts";
import { startApimGateway } from "./apimGateway.ts";
import { appSettings } from "./appSettings.ts";
import type { LocalAzure } from "./azure.ts";
import { startLocalAzure } from "./azure.ts";
import { policyLines, whatHappened } from "./cli/policyLines.ts";
import { runProgram } from "./cli/program.ts";
import { table } from "./cli/table.ts";
import { DemoClient } from "./demo/client.ts";
import type { Hop } from "./demo/hops.ts";
import { recordHops } from "./demo/hops.ts";
import type { Scenario } from "./demo/scenario.ts";
import { SCENARIOS } from "./demo/scenarios.ts";

const root = join(import.meta.dirname, "..");

await runProgram(async () => {
  await bundleFunctions(root);
  let failures = 0;
  for (const [index, scenario] of SCENARIOS.entries()) {
    process.stdout.write(`\n${index + 1}. ${scenario.title}\n\n`);
    failures += await play(scenario);
  }
  const verdict = failures === 0 ? "Every hop did what it should." : `${failures} statements do not hold.`;
  process.stdout.write(`\n${verdict}\n`);
  process.exitCode = failures === 0 ? 0 : 1;
});

/** Each scenario has an Azure and an app of its own: nothing is left over from the one before. */
async function play(scenario: Scenario): Promise<number> {
  const azure = await startLocalAzure();
  try {
    return await perform(scenario, azure);
  } finally {
    await azure.close();
  }
}

async function perform(scenario: Scenario, azure: LocalAzure): Promise<number> {
  const lines: string[] = [];
  const host = await startFunctionsHost({
    appDirectory: root,
    settings: appSettings(azure, scenario.credential, "gateway"),
    log: (line) => lines.push(formatLine(line)),
  });
  const traces: PolicyTrace[] = [];
  const gateway = await startApimGateway({
    azure,
    functionsUrl: host.url,
    gatewayToken: scenario.gatewayToken,
    trace: (trace) => traces.push(trace),
  });
  const client = new DemoClient(azure);
  const recorder = recordHops(azure);
  const verdicts: [holds: boolean, statement: string][] = [];
  try {
    await scenario.run({
      azure,
      client,
      api: `${gateway.url}/obo`,
      show: (hop) => recorder.hops.push(hop),
      hops: recorder.hops,
      expect: (statement, holds) => verdicts.push([holds, statement]),
    });
  } finally {
    recorder.stop();
    await client.close();
    await gateway.close();
    await host.close();
  }
  const failures = verdicts.filter(([holds]) => !holds).length;
  process.stdout.write(`${showHops(recorder.hops)}\n\n`);
  const last = traces.at(-1);
  if (last !== undefined)
    process.stdout.write(`  What API Management did with the last call:\n\n${policyLines(whatHappened(last))}\n\n`);
  for (const [holds, statement] of verdicts) process.stdout.write(`  ${holds ? "ok  " : "FAIL"}  ${statement}\n`);
  if (failures > 0) process.stdout.write(`\nThe function app's log:\n\n${lines.join("\n")}\n`);
  return failures;
}

/** A call's hop is known when it ends, so the function's own calls stand above the call that caused them. */
function showHops(hops: readonly Hop[]): string {
  const header = ["", "from", "to", "what", "token for", "user", "outcome", "took"];
  const rows = hops.map(({ from, to, what, audience, user, outcome, durationMs }, index) => [
    String(index + 1),
    from,
    to,
    what,
    audience,
    user,
    outcome,
    `${durationMs.toFixed(1)} ms`,
  ]);
  return table([header, ...rows]);
}
