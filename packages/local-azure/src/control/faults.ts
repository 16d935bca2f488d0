import { z } from "zod";
import type { FaultScope } from "../net/faultPlan.ts";
import type { TransportFaults } from "../net/serverFaults.ts";
import { type ControlAnswer, type ControlCall, DONE } from "./route.ts";
import { shaped } from "./shape.ts";

const scope = { requests: z.int().positive().optional(), pathPrefix: z.string().optional() };
const faultSchema = z.discriminatedUnion("kind", [
  /** Refuses connections. */
  z.strictObject({ kind: z.literal("down") }),
  z.strictObject({ kind: z.literal("slow"), delayMs: z.number().min(0), ...scope }),
  z.strictObject({ kind: z.literal("hang"), ...scope }),
  z.strictObject({ kind: z.literal("cut"), ...scope }),
  z.strictObject({ kind: z.literal("throttled"), retryAfterSeconds: z.int().min(0).optional(), ...scope }),
  z.strictObject({ kind: z.literal("failing"), status: z.int().min(500).max(599), ...scope }),
]);

/** The faults that Key Vault and the managed identity endpoint have in common. */
export interface ServiceFaults extends TransportFaults {
  throttled(retryAfterSeconds: number | undefined, scope?: FaultScope): () => void;
  failing(status: number, scope?: FaultScope): () => void;
}

export const FAULTS_USAGE =
  "PUT .../faults (JSON: kind is down, slow, hang, cut, throttled or failing), DELETE .../faults";

/** PUT plans one fault in place of those before; DELETE lifts all, and brings up what was down. */
export async function changeFaults(faults: ServiceFaults, call: ControlCall): Promise<ControlAnswer | undefined> {
  if (call.method !== "PUT" && call.method !== "DELETE") return undefined;
  const fault = call.method === "PUT" ? shaped(faultSchema, await call.json()) : undefined;
  faults.clear();
  await faults.up();
  if (fault !== undefined) await plan(faults, fault);
  return DONE;
}

async function plan(faults: ServiceFaults, fault: z.infer<typeof faultSchema>): Promise<void> {
  if (fault.kind === "down") return faults.down();
  const { requests, pathPrefix } = fault;
  const befallen = { ...(requests !== undefined && { requests }), ...(pathPrefix !== undefined && { pathPrefix }) };
  switch (fault.kind) {
    case "slow":
      faults.slow(fault.delayMs, befallen);
      break;
    case "hang":
      faults.hang(befallen);
      break;
    case "cut":
      faults.cut(befallen);
      break;
    case "throttled":
      faults.throttled(fault.retryAfterSeconds, befallen);
      break;
    case "failing":
      faults.failing(fault.status, befallen);
  }
}
