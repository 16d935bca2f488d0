import type { ProgrammingModel } from "@azure/functions-core";
import { TimeLimit } from "./callAbort.ts";

/** The library's programming model with what it leaves open closed, before it calls a handler. */
export function adaptLibrary(model: ProgrammingModel, options: ArrivalLimitOptions): ProgrammingModel {
  return withArrivalLimit(withoutTriggerMetadata(model), options);
}

/** How long an invocation waits for its HTTP request, which the host sends at the same time as it announces it. */
export const ARRIVAL_MS = 30_000;

export interface ArrivalLimitOptions {
  readonly limitMs: number;
  /** Told of an invocation that is over before any handler ran: nobody answers its request. */
  readonly givenUp: (invocationId: string) => void;
}

/**
 * A programming model whose invocations end when their HTTP request does not come, and whose requests end when the library
 * makes nothing of them. The host announces a call before it forwards the request; a caller who leaves in between leaves
 * `@azure/functions` waiting without limit (`httpProxy.ts`, waitForProxyRequest), and at `functionTimeout` the host ends
 * the whole worker, with everybody's calls in it.
 */
export function withArrivalLimit(model: ProgrammingModel, { limitMs, givenUp }: ArrivalLimitOptions): ProgrammingModel {
  const limit = new TimeLimit(limitMs);
  const limited: ProgrammingModel = Object.create(model);
  limited.getInvocationModel = async (context) => {
    const invocation = await model.getInvocationModel(context);
    const getArguments = invocation.getArguments.bind(invocation);
    invocation.getArguments = () =>
      new Promise((resolve, reject) => {
        const arrival = getArguments();
        const running = limit.start(() => {
          givenUp(context.invocationId);
          reject(new Error(`The HTTP request of this call did not come within ${limitMs} ms: its caller left.`));
        });
        arrival.then(
          (args) => {
            limit.done(running);
            resolve(args);
          },
          (error: unknown) => {
            limit.done(running);
            givenUp(context.invocationId);
            reject(error);
          },
        );
      });
    return invocation;
  };
  return limited;
}

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
