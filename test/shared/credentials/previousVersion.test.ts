import { describe, expect, it } from "vitest";
import type { ListedVersion } from "../../../shared/credentials/credentialVersion.ts";
import { previousVersion } from "../../../shared/credentials/credentialVersion.ts";

const NOW_MS = 1_900_000_000_000;
const at = (seconds: number): Date => new Date(NOW_MS + seconds * 1_000);
const listed = (version: string, madeS: number, more: ListedVersion = {}): ListedVersion => ({
  version,
  enabled: true,
  createdOn: at(madeS),
  ...more,
});

describe("previousVersion", () => {
  it("is the one made last before the newest, in whatever order they are listed", () => {
    const all = [listed("b", -20), listed("newest", -10), listed("a", -30)];
    expect(previousVersion(all, "newest", NOW_MS)).toBe("b");
    expect(previousVersion(all.toReversed(), "newest", NOW_MS)).toBe("b");
  });

  it.each<[string, ListedVersion]>([
    ["disabled", { enabled: false }],
    ["expired", { expiresOn: at(0) }],
    ["not valid yet", { notBefore: at(1) }],
  ])("passes over one that is %s", (_, more) => {
    const all = [listed("a", -30), listed("b", -20, more), listed("newest", -10)];
    expect(previousVersion(all, "newest", NOW_MS)).toBe("a");
    expect(previousVersion(all.slice(1), "newest", NOW_MS)).toBeUndefined();
  });

  it("is none that is newer than the newest that is known", () => {
    expect(previousVersion([listed("newest", -10), listed("newer", -5)], "newest", NOW_MS)).toBeUndefined();
  });

  it("is none where the newest is not listed", () => {
    expect(previousVersion([listed("a", -30)], "newest", NOW_MS)).toBeUndefined();
  });
});
