import { generateKeyPairSync } from "node:crypto";
import { CompactEncrypt, SignJWT } from "jose";
import { describe, expect, it } from "vitest";
import { Secret } from "../../../shared/secret.ts";
import type { Log, LogFields } from "../../../shared/telemetry/log.ts";
import { jsonLog } from "../../../shared/telemetry/log.ts";

type Level = keyof Log;

function recorded(always?: LogFields): { readonly log: Log; readonly lines: [Level, string][] } {
  const lines: [Level, string][] = [];
  const to = (level: Level) => (line: string) => lines.push([level, line]);
  const sink = { info: to("info"), warning: to("warning"), error: to("error") };
  return { log: always === undefined ? jsonLog(sink) : jsonLog(sink, always), lines };
}

function lineOf(fields: LogFields): string {
  const { log, lines } = recorded();
  log.info("event", fields);
  return lines[0]?.[1] ?? "";
}

const signed = (): Promise<string> =>
  new SignJWT({ oid: "someone", scp: "access_as_user" })
    .setProtectedHeader({ alg: "HS256", typ: "JWT" })
    .sign(new TextEncoder().encode("a secret of thirty-two characters"));

describe("the log", () => {
  it("writes one line of JSON per event, each to its level", () => {
    const { log, lines } = recorded({ correlationId: "an-id" });
    log.info("started");
    log.warning("call_refused", { status: 401, detail: "two\nlines" });
    log.error("call_failed", { nothing: undefined, list: [1] });
    expect(lines.map(([level, line]) => [level, JSON.parse(line)])).toEqual([
      ["info", { event: "started", correlationId: "an-id" }],
      ["warning", { event: "call_refused", correlationId: "an-id", status: 401, detail: "two\nlines" }],
      ["error", { event: "call_failed", correlationId: "an-id", list: [1] }],
    ]);
    for (const [, line] of lines) expect(line).not.toContain("\n");
  });

  it("prints secrets as redacted, however deep", () => {
    expect(JSON.parse(lineOf({ a: { b: [new Secret("hunter2")] } }))).toEqual({
      event: "event",
      a: { b: ["[redacted]"] },
    });
  });

  it("redacts signed tokens that a message holds, wherever it holds them", async () => {
    const [one, two] = [await signed(), await signed()];
    const line = lineOf({ error: `GET /x?token=${one}&y failed; "Bearer ${two}".`, deep: { [one]: [two] } });
    expect(JSON.parse(line)).toEqual({
      event: "event",
      error: 'GET /x?token=[redacted]&y failed; "Bearer [redacted]".',
      deep: { "[redacted]": ["[redacted]"] },
    });
  });

  it("redacts unsigned and encrypted tokens whole", async () => {
    const [header, payload] = (await signed()).split(".");
    expect(lineOf({ error: `${header}.${payload}.` })).toBe('{"event":"event","error":"[redacted]"}');
    const { publicKey } = generateKeyPairSync("rsa", { modulusLength: 2_048 });
    const encrypted = await new CompactEncrypt(new TextEncoder().encode("text"))
      .setProtectedHeader({ alg: "RSA-OAEP", enc: "A256GCM" })
      .encrypt(publicKey);
    expect(lineOf({ error: `got ${encrypted}!` })).toBe('{"event":"event","error":"got [redacted]!"}');
  });

  it("redacts a token that follows other letters, escaped ones too", async () => {
    const token = await signed();
    const fields = { url: `x?a=Bearer%20${token}&b`, text: `first\n${token}\nlast` };
    expect(JSON.parse(lineOf(fields))).toEqual({
      event: "event",
      url: "x?a=Bearer%20[redacted]&b",
      text: "first\n[redacted]\nlast",
    });
  });

  it("leaves alone what only begins like a token", () => {
    const claims = Buffer.from('{"access_token":{"polids":{}}}').toString("base64");
    const fields = { claims, file: `${claims}.txt`, host: "login.example.com" };
    expect(JSON.parse(lineOf(fields))).toEqual({ event: "event", ...fields });
  });

  it("takes no longer per character for a long line that is almost a token", () => {
    // Quadratic time would be minutes here.
    const text = "eyJ".repeat(1_000_000);
    expect(lineOf({ text })).toContain(text);
  });
});
