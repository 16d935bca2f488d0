import type { ProgrammingModel } from "@azure/functions-core";

/**
 * A programming model that never sees what the host says of a call beside its HTTP request. Of it `@azure/functions` makes a
 * request of its own (`createStreamRequest`), whose headers the caller's query or body can replace; where those are none
 * that a header could be, it fails before any handler runs, and leaves the caller waiting. No handler here looks at that
 * request: they see the true one. It is not worth its making either, which takes as long as our own work.
 */
export function withoutTriggerMetadata(model: ProgrammingModel): ProgrammingModel {
  const without: ProgrammingModel = Object.create(model);
  without.getInvocationModel = (context) => {
    context.request.triggerMetadata = {};
    return model.getInvocationModel(context);
  };
  return without;
}
