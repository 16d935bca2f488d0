import { describe, expect, it } from "vitest";
import { refuseUpgrade } from "../../../shared/downstream/downstreamApi.ts";
import { UpgradeNotSupportedError } from "../../../shared/errors/errors.ts";

const asked = (headers: Readonly<Record<string, string>>) => () => refuseUpgrade((name) => headers[name]);

describe("refuseUpgrade", () => {
  it.each([
    { upgrade: "websocket" },
    { upgrade: "WebSocket, h2c" },
    { upgrade: "TLS/1.0" },
    { upgrade: "" },
    { "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==" },
    { "sec-websocket-version": "13" },
  ])("refuses %j", (headers) => expect(asked(headers)).toThrow(UpgradeNotSupportedError));

  it.each([{}, { upgrade: "h2c" }, { upgrade: "H2C" }, { "sec-websocket-protocol": "x" }])(
    "takes %j for an ordinary request",
    (headers) => expect(asked(headers)).not.toThrow(),
  );
});
