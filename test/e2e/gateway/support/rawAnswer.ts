import { parse } from "../../../../packages/local-azure/test/functionsHost/support/rawHttp.ts";
import type { Answer } from "../../support/gatewayClient.ts";

/** What came over a raw connection, as any other answer. */
export function rawAnswer(received: string): Answer {
  const { status, headers, body } = parse(received.replace(/^HTTP\/1\.1 100 [\s\S]*?\r\n\r\n/, ""));
  const bytes = Buffer.from(body, "latin1");
  const fields = headers.map((line) => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const;
  });
  return { status, headers: Object.fromEntries(fields), body: bytes, json: () => JSON.parse(bytes.toString("utf8")) };
}
