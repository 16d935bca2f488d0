import type { Benchmark } from "../benchmark.ts";
import { inProcess } from "../support/inProcess.ts";
import type { MemoryTask, MemoryUse } from "./child.ts";

const MIB = 1_048_576;
const BOUND_MIB = 64;
/** How many times more users come than fit. */
const CROWD = 10;

/** What a cached token takes in memory, and that the bound holds, whoever comes. Each in a process of its own. */
export const memory: Benchmark = async ({ quick, say }) => {
  const count = quick ? 10_000 : 50_000;
  const measure = (task: MemoryTask): Promise<MemoryUse> => {
    say(`${task.kind}, ${task.users} users`);
    return inProcess<MemoryTask, MemoryUse>(new URL("child.ts", import.meta.url), task, ["--expose-gc"]);
  };
  const ours = await measure({ kind: "ours", users: count, boundBytes: 16_384 * MIB });
  const msal = await measure({ kind: "msal", users: count, boundBytes: 0 });
  const boundBytes = (quick ? BOUND_MIB / 4 : BOUND_MIB) * MIB;
  const fit = Math.floor((boundBytes * count) / ours.accountedBytes);
  const crowd = await measure({ kind: "ours", users: fit * CROWD, boundBytes });
  const perToken = ours.heldBytes / ours.entries;
  return {
    figures: [
      { name: "ours, per cached token", value: perToken, unit: "B" },
      { name: "ours, per cached token, as the cache counts it", value: ours.accountedBytes / ours.entries, unit: "B" },
      { name: "@azure/msal-node, per cached token", value: msal.heldBytes / msal.entries, unit: "B" },
      { name: "text of one token B", value: ours.tokenCharacters, unit: "B" },
      { name: "bound", value: boundBytes / MIB, unit: "MiB" },
      { name: `held after ${CROWD} times more users than fit`, value: crowd.heldBytes / MIB, unit: "MiB" },
      { name: "users that came", value: fit * CROWD, unit: "users" },
      { name: "tokens kept", value: crowd.entries, unit: "tokens" },
      { name: "resident set, grown by", value: crowd.residentBytes / MIB, unit: "MiB" },
    ],
    ratios: [
      {
        name: `held / bound, ${CROWD} times more users than fit`,
        value: crowd.heldBytes / boundBytes,
        target: { atMost: 1 },
      },
      { name: "counted / bound", value: crowd.accountedBytes / boundBytes, target: { atMost: 1 } },
      {
        name: "measured / counted, per token",
        value: perToken / (ours.accountedBytes / ours.entries),
        target: { atMost: 1 },
      },
      { name: "@azure/msal-node / ours, per token", value: msal.heldBytes / msal.entries / perToken },
    ],
    notes: [],
    chart: {
      title: "Memory of one cached token",
      axis: "bytes",
      scale: "linear",
      bars: [
        { label: "text of token B", value: ours.tokenCharacters, series: "text" },
        { label: "ours", value: perToken, series: "ours" },
        { label: "@azure/msal-node", value: msal.heldBytes / msal.entries, series: "@azure/msal-node" },
      ],
    },
  };
};
