import { getProgrammingModel, setProgrammingModel } from "@azure/functions-core";
import type { ArrivalLimitOptions } from "./arrivalLimit.ts";
import { withArrivalLimit } from "./arrivalLimit.ts";
import { withoutTriggerMetadata } from "./withoutTriggerMetadata.ts";

/**
 * Closes what the library leaves open before it calls a handler. To be called after the first function was registered: the
 * library sets its programming model with it.
 */
export function adaptLibrary(options: ArrivalLimitOptions): void {
  setProgrammingModel(withArrivalLimit(withoutTriggerMetadata(getProgrammingModel()), options));
}
