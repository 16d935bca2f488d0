import { HttpResponse } from "@azure/functions";
import { describe, expect, it } from "vitest";
import { EmptyResponses } from "../../../functions/http/prepareResponse.ts";

describe("the library's empty responses", () => {
  it.each([200, 204, 304, 502, 599])("have nothing but the status %d, and are made once", (status) => {
    const responses = new EmptyResponses();
    const response = responses.of(status);
    expect(response).toBeInstanceOf(HttpResponse);
    expect([response.status, [...response.headers], response.body]).toEqual([status, [], null]);
    expect(responses.of(status)).toBe(response);
    expect(responses.of(status === 200 ? 201 : 200)).not.toBe(response);
  });
});
