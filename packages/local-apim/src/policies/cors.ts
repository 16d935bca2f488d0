import { ElementReader } from "../compile/elementReader.ts";
import type { PolicyDefinition } from "../compile/policyDefinition.ts";
import { allOf, constant } from "../compile/source.ts";
import type { Preflight, StepAction } from "../pipeline/exchange.ts";
import { newResponse } from "../pipeline/messageOfSection.ts";
import { actualHeaders, type CorsRules, preflightHeaders } from "./fields/corsRules.ts";

/** learn.microsoft.com/azure/api-management/cors-policy */
export const cors: PolicyDefinition = {
  name: "cors",
  sections: ["inbound"],
  once: true,
  compile(reader) {
    const readRules = corsRules(reader);
    const terminate = reader.flag("terminate-unmatched-request", true);
    const run: StepAction = async (exchange, note) => {
      const { request } = exchange;
      const origin = request.headers.joined("origin");
      if (origin === undefined) return "next";
      const headers = actualHeaders(await readRules(exchange), origin, request.method);
      for (const [name, value] of headers ?? []) exchange.answerHeaders.set(name, value);
      note.effect = `${origin} is ${headers === undefined ? "not " : ""}allowed`;
      const isSimple = request.method === "GET" || request.method === "HEAD";
      if (headers !== undefined || !isSimple || !(await terminate(exchange))) return "next";
      exchange.response = newResponse(200);
      return "responded";
    };
    const preflight: Preflight = async (exchange) => {
      const headers = preflightHeaders(await readRules(exchange), exchange.request.headers);
      if (headers === undefined && !(await terminate(exchange))) return "unmatched";
      for (const [name, value] of headers ?? []) exchange.answerHeaders.set(name, value);
      return "decided";
    };
    return Object.assign(run, { preflight });
  },
};

function corsRules(reader: ElementReader) {
  const credentials = reader.flag("allow-credentials", false);
  const origins = reader.list("allowed-origins", "origin") ?? reader.refuse("it needs <allowed-origins>");
  const methodList = reader.child("allowed-methods");
  const methodReader = methodList && new ElementReader(methodList, reader.context);
  const maxAge = methodReader?.integer("preflight-result-max-age") ?? constant(0);
  const methods = methodReader?.childTexts("method");
  if (methods?.length === 0) methodReader?.refuse("it has no <method>");
  methodReader?.done();
  const headers = reader.list("allowed-headers", "header") ?? [];
  const exposed = reader.list("expose-headers", "header") ?? [];
  return async (exchange: Parameters<typeof credentials>[0]): Promise<CorsRules> => ({
    credentials: await credentials(exchange),
    origins: await allOf(origins, exchange),
    methods: methods === undefined ? ["GET", "POST"] : await allOf(methods, exchange),
    maxAgeSeconds: await maxAge(exchange),
    headers: await allOf(headers, exchange),
    exposed: await allOf(exposed, exchange),
  });
}
