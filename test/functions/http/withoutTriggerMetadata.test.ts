import type { CoreInvocationContext, InvocationModel, ProgrammingModel } from "@azure/functions-core";
import { describe, expect, it } from "vitest";
import { withoutTriggerMetadata } from "../../../functions/http/adaptLibrary.ts";

/** As in the real worker, its state is out of reach of whoever only inherits from it. */
class Context implements CoreInvocationContext {
  readonly invocationId = "the call";
  readonly request = { functionId: "f", triggerMetadata: { Headers: { string: '{"not a name":"1"}' } } };
  readonly #category = "user";

  log(): string {
    return this.#category;
  }
}

class Model implements ProgrammingModel {
  readonly name = "the library's";
  readonly contexts: CoreInvocationContext[] = [];

  getInvocationModel(context: CoreInvocationContext): InvocationModel {
    this.contexts.push(context);
    return { getArguments: async () => "arguments" };
  }
}

describe("the programming model", () => {
  it("sees the context itself, with nothing of what a caller can say beside the request", async () => {
    const model = new Model();
    const context = new Context();
    const invocation = await withoutTriggerMetadata(model).getInvocationModel(context);
    expect(await invocation.getArguments()).toBe("arguments");
    expect(model.contexts).toEqual([context]);
    expect([context.request, context.log()]).toEqual([{ functionId: "f", triggerMetadata: {} }, "user"]);
  });

  it("is the library's in all else", () => {
    expect(withoutTriggerMetadata(new Model())).toMatchObject({ name: "the library's" });
  });
});
