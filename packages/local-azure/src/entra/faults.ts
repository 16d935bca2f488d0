import type { Directory } from "./directory.ts";
import { type Fault, type FaultEffect, type FaultEndpoint, faultSchema, type PlannedFault } from "./faultSchema.ts";
import { findApp, findUser } from "./lookup.ts";
import type { RequestFacts } from "./requestFacts.ts";

/** Failures on demand. */
export interface Faults {
  /**
   * Plans a fault. When several match a request, the one planned first strikes.
   * @returns a function that takes it back.
   * @throws ZodError when it is not well-formed.
   */
  add(fault: Fault): () => void;
  readonly planned: readonly PlannedFault[];
  clear(): void;
}

export interface FaultInjector extends Faults {
  /** What goes wrong with this request, if anything; counts it. */
  strike(endpoint: FaultEndpoint, facts?: RequestFacts): FaultEffect | undefined;
}

export function createFaults(directory: Directory): FaultInjector {
  let planned: PlannedFault[] = [];
  const remove = (fault: PlannedFault): void => {
    planned = planned.filter((other) => other !== fault);
  };
  return {
    get planned() {
      return planned;
    },
    add(draft) {
      const fault = faultSchema.parse(draft);
      planned = [...planned, fault];
      return () => remove(fault);
    },
    clear() {
      planned = [];
    },
    strike(endpoint, facts) {
      const fault = planned.find((each) => each.endpoint === endpoint && isAimedAt(directory, each.aim, facts));
      if (fault?.times !== undefined) {
        fault.times -= 1;
        if (fault.times === 0) remove(fault);
      }
      return fault?.effect;
    },
  };
}

function isAimedAt(directory: Directory, aim: PlannedFault["aim"], facts: RequestFacts | undefined): boolean {
  const { user, client, resource, grantType } = aim;
  return (
    (user === undefined || (facts?.user !== undefined && findUser(directory, user) === facts.user)) &&
    (client === undefined || (facts?.clientId !== undefined && isApp(directory, client, facts.clientId))) &&
    (resource === undefined || (facts?.resourceId !== undefined && isApp(directory, resource, facts.resourceId))) &&
    (grantType === undefined || grantType === facts?.grantType)
  );
}

function isApp(directory: Directory, name: string, clientId: string): boolean {
  return name === clientId || findApp(directory, clientId)?.appIdUris.includes(name) === true;
}
