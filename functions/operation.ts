import { NotFoundError } from "../shared/errors/errors.ts";
import type { CallHandler, HttpCall } from "./http/httpCall.ts";

/**
 * API Management's policies state here which function they call. They override what a client sends. The host resolves dot
 * segments before it routes, so the function that runs need not be the one that a policy called.
 */
const OPERATION_HEADER = "x-obo-operation";

/**
 * A handler that refuses calls which a policy meant for another function. A call without a statement passes: probes of
 * health, and clients where no gateway is in front.
 * @throws NotFoundError (404)
 */
export function onlyAs(name: string, handle: CallHandler): CallHandler {
  return async (call) => {
    const stated = call.header(OPERATION_HEADER);
    if (stated !== undefined && stated !== name) throw notCalled(name, stated);
    return handle(call);
  };
}

/**
 * Demands that a policy stated this function. No client's call through API Management can: policies delete what it sends.
 * @throws NotFoundError (404)
 */
export function demandOperation(call: HttpCall, name: string): void {
  const stated = call.header(OPERATION_HEADER);
  if (stated !== name) throw notCalled(name, stated);
}

function notCalled(name: string, stated: string | undefined): NotFoundError {
  const found = stated === undefined ? "is missing" : `is ${JSON.stringify(stated.slice(0, 64))}`;
  return new NotFoundError("There is nothing at this address for this call.", {
    diagnosis: `The function ${name} was reached, and the header ${OPERATION_HEADER} ${found}: the path led to a function that no policy called, or the policies are older than the function app.`,
  });
}
