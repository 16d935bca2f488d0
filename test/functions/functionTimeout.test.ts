import { describe, expect, it } from "vitest";
import { longestCallMs } from "../../functions/functionTimeout.ts";
import hostJson from "../../host.json" with { type: "json" };
import { InvalidSettingsError } from "../../shared/config/settingTree.ts";

const SETTING = "AzureFunctionsJobHost__functionTimeout";
const MARGIN_MS = 10_000;
const MINUTE_MS = 60_000;

describe("the longest call", () => {
  it("is ten seconds less than host.json allows", () => {
    expect(hostJson.functionTimeout).toBe("00:05:00");
    expect(longestCallMs({})).toBe(5 * MINUTE_MS - MARGIN_MS);
  });

  it.each([
    ["00:10:00", 10 * MINUTE_MS],
    ["0:00:11", 11_000],
    ["01:00:00", 60 * MINUTE_MS],
    ["1.02:03:04", ((26 * 60 + 3) * 60 + 4) * 1_000],
  ])("is ten seconds less than the app setting %s that overrides it", (value, totalMs) => {
    expect(longestCallMs({ [SETTING]: value })).toBe(totalMs - MARGIN_MS);
  });

  it.each(["00:00:10", "00:00:00", "-1", "300", "5m", "00:05", "00:05:00 ", "infinite"])(
    "cannot be told from %j",
    (value) => {
      const read = (): unknown => longestCallMs({ [SETTING]: value });
      expect(read).toThrow(InvalidSettingsError);
      expect(read).toThrow(
        `1 setting is wrong:\n  ${SETTING}: found "${value}", expected a time span hh:mm:ss of more than 10 s`,
      );
    },
  );
});
