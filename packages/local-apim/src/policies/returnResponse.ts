import { EVERYWHERE, type PolicyDefinition } from "../compile/policyDefinition.ts";
import { MessageBody } from "../http/messageBody.ts";
import type { Exchange } from "../pipeline/exchange.ts";
import { internalError } from "../pipeline/gatewayError.ts";
import { newResponse } from "../pipeline/messageOfSection.ts";
import type { GatewayResponse } from "../pipeline/messages.ts";
import { bodySource } from "./fields/bodySource.ts";
import { fieldAction } from "./fields/fieldAction.ts";
import { checkHeaderValues } from "./fields/headerValues.ts";
import { allNested, inOrderOf, nested } from "./fields/nested.ts";
import { statusSource } from "./fields/statusSource.ts";

/** Ends the pipeline with an answer: an empty 200, or a response in a variable, changed by what stands inside. */
export const returnResponse: PolicyDefinition = {
  name: "return-response",
  sections: EVERYWHERE,
  compile(reader) {
    const variable = reader.literal("response-variable-name");
    inOrderOf(reader, ["set-status", "set-header", "set-body"]);
    const status = nested(reader, "set-status", statusSource);
    const headers = allNested(reader, "set-header", fieldAction);
    const body = nested(reader, "set-body", bodySource);
    return async (exchange, note) => {
      const response = begin(exchange, variable);
      if (status !== undefined) Object.assign(response, await status(exchange));
      for (const header of headers) await header(exchange, checkHeaderValues(response.headers));
      if (body !== undefined) response.body = MessageBody.ofBytes(await body(exchange));
      exchange.response?.body.discard();
      exchange.response = response;
      note.effect = `${response.status} ${response.reason}`;
      return "responded";
    };
  },
};

function begin({ services, variables }: Exchange, variable: string | undefined): GatewayResponse {
  if (variable === undefined) return newResponse(200);
  const known = services.values.responseOf(variables.get(variable) ?? null);
  if (known === undefined) throw internalError("ResponseNotFound", `The variable '${variable}' holds no response.`);
  return { ...known, headers: known.headers.clone() };
}
