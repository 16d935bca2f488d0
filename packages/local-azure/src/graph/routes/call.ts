import type { GraphState } from "../directory.ts";
import type { Query } from "../query.ts";
import type { Replication } from "../replication.ts";
import type { Caller } from "../rights.ts";

/** One request, authenticated and taken apart. */
export interface Call {
  readonly method: string;
  /** What comes after the collection: an object id, or undefined. */
  readonly id: string | undefined;
  readonly appId: string | undefined;
  /** What comes after the object. */
  readonly rest: readonly string[];
  readonly query: (type: string, properties: readonly string[]) => Query;
  readonly body: unknown;
  readonly caller: Caller;
  readonly state: GraphState;
  readonly replication: Replication;
  readonly now: () => number;
}

export interface GraphAnswer {
  readonly status: 200 | 201 | 204;
  readonly body?: object;
}
