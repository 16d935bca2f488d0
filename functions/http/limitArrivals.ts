import { getProgrammingModel, setProgrammingModel } from "@azure/functions-core";
import type { ArrivalLimitOptions } from "./arrivalLimit.ts";
import { withArrivalLimit } from "./arrivalLimit.ts";

/** Puts the limit on the app's invocations. After the first function was registered: the library sets its model with it. */
export function limitArrivals(options: ArrivalLimitOptions): void {
  setProgrammingModel(withArrivalLimit(getProgrammingModel(), options));
}
