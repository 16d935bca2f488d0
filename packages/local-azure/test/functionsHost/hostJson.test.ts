import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readHostJson } from "../../src/functionsHost/hostJson.ts";
import { createHostLog, formatLine, type HostLogLine } from "../../src/functionsHost/log.ts";

describe("host.json", () => {
  let directory: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "host-json-"));
  });
  afterEach(() => rm(directory, { recursive: true }));

  const read = async (content: string) => {
    await writeFile(join(directory, "host.json"), content);
    return readHostJson(directory);
  };

  it("has the real host's defaults", async () => {
    expect(await read('{"version":"2.0"}')).toEqual({
      functionTimeoutMs: 1_800_000,
      routePrefix: "api",
      logLevels: {},
    });
  });

  it("goes behind the app setting of its form", async () => {
    await writeFile(join(directory, "host.json"), '{"version":"2.0","functionTimeout":"00:05:00"}');
    const name = "AzureFunctionsJobHost__functionTimeout";
    expect((await readHostJson(directory, { [name]: "00:00:07" })).functionTimeoutMs).toBe(7_000);
    await expect(readHostJson(directory, { [name]: "soon" })).rejects.toThrow(/AzureFunctionsJobHost__functionTimeout/);
  });

  it.each([
    ["00:05:00", 300_000],
    ["1.00:00:01", 86_401_000],
    ["-1", Number.POSITIVE_INFINITY],
  ])("reads functionTimeout %s", async (functionTimeout, ms) => {
    expect((await read(JSON.stringify({ version: "2.0", functionTimeout }))).functionTimeoutMs).toBe(ms);
  });

  it("reads prefix and log levels, and leaves other features alone", async () => {
    const json = {
      version: "2.0",
      extensions: { http: { routePrefix: "/v1/" }, queues: {} },
      logging: { logLevel: { default: "Warning" } },
    };
    expect(await read(JSON.stringify(json))).toMatchObject({ routePrefix: "v1", logLevels: { default: "Warning" } });
  });

  it.each([
    ['{"version":"2.0","functionTimeout":"5 minutes"}', /functionTimeout/],
    ['{"version":"1.0"}', /version/],
    ['{"version":"2.0","logging":{"logLevel":{"default":"Loud"}}}', /log level/],
    ["{", /cannot be read as JSON/],
  ])("refuses %s", async (content, message) => {
    await expect(read(content)).rejects.toThrow(message);
  });

  it("must be there", async () => {
    await expect(readHostJson(directory)).rejects.toThrow(/host\.json cannot be read/);
  });
});

describe("a log line", () => {
  it("reads well in a terminal", () => {
    expect(formatLine({ time: 0, level: "error", category: "Function.x", message: "first\nsecond" })).toBe(
      "[1970-01-01T00:00:00.000Z] error Function.x: first\n    second",
    );
  });
});

describe("log levels", () => {
  it("go by the longest category that fits, and every line has its time", () => {
    const lines: HostLogLine[] = [];
    const log = createHostLog(
      (line) => lines.push(line),
      { default: "Warning", Function: "Information", "Function.quiet": "None", "Host.Startup": "Debug" },
      () => 42,
    );
    log({ level: "information", category: "Other", message: "dropped" });
    log({ level: "information", category: "Function.loud.User", message: "kept" });
    log({ level: "critical", category: "Function.quiet.User", message: "dropped" });
    log({ level: "information", category: "Functions", message: "dropped" });
    log({ level: "debug", category: "Host.Startup", message: "kept too" });
    expect(lines).toEqual([
      { time: 42, level: "information", category: "Function.loud.User", message: "kept" },
      { time: 42, level: "debug", category: "Host.Startup", message: "kept too" },
    ]);
  });
});
