import type { ProgrammingModel } from "@azure/functions-core";

/**
 * A programming model that never sees what the host says of a call beside its HTTP request. From that `@azure/functions`
 * takes the headers and parameters of the request it makes (`createStreamRequest`), and the caller's query or body can
 * replace them, also by what it fails on before any handler runs. Handlers here see the true request; the library's is
 * bare: nothing in it is the caller's choice, and nothing of it costs time.
 */
export function withoutTriggerMetadata(model: ProgrammingModel): ProgrammingModel {
  const without: ProgrammingModel = Object.create(model);
  without.getInvocationModel = (context) => {
    context.request.triggerMetadata = {};
    return model.getInvocationModel(context);
  };
  return without;
}
