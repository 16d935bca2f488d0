import type { InvocationModel } from "@azure/functions-core";
import { describe, expect, it } from "vitest";
import { withArrivalLimit } from "../../../functions/http/adaptLibrary.ts";

class Model {
  readonly name = "the library's";
  readonly #arguments: Promise<unknown>;

  constructor(args: Promise<unknown>) {
    this.#arguments = args;
  }

  getInvocationModel(): InvocationModel {
    return { getArguments: () => this.#arguments };
  }
}

const start = async (args: Promise<unknown>, limitMs: number) => {
  const givenUp: string[] = [];
  const model = withArrivalLimit(new Model(args), { limitMs, givenUp: (id) => givenUp.push(id) });
  const invocation = await model.getInvocationModel({ invocationId: "the call", request: {} });
  return { model, givenUp, result: invocation.getArguments() };
};

describe("an invocation", () => {
  it("gets its request, and all else that the model has", async () => {
    const { model, givenUp, result } = await start(Promise.resolve("a request"), 60_000);
    expect([await result, "name" in model && model.name, givenUp]).toEqual(["a request", "the library's", []]);
  });

  it("fails as the model fails, and leaves its request to nobody", async () => {
    const { result, givenUp } = await start(Promise.reject(new Error("its own")), 60_000);
    await expect(result).rejects.toThrow("its own");
    expect(givenUp).toEqual(["the call"]);
  });

  it("whose request does not come ends, and says which it was", async () => {
    const { result, givenUp } = await start(new Promise(() => undefined), 5);
    await expect(result).rejects.toThrow("The HTTP request of this call did not come within 5 ms: its caller left.");
    expect(givenUp).toEqual(["the call"]);
  });
});
