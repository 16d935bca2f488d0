import { EVERYWHERE, type PolicyDefinition } from "../compile/policyDefinition.ts";
import { responseOf } from "../pipeline/messageOfSection.ts";
import { statusSource } from "./fields/statusSource.ts";

export const setStatus: PolicyDefinition = {
  name: "set-status",
  sections: EVERYWHERE,
  compile(reader) {
    const status = statusSource(reader);
    return async (exchange, note) => {
      const response = responseOf(exchange);
      Object.assign(response, await status(exchange));
      note.effect = `${response.status} ${response.reason}`;
      return "next";
    };
  },
};
