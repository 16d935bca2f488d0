import { describe, expect, it } from "vitest";
import { createRequestJournal } from "../../src/net/requestJournal.ts";

describe("a request journal", () => {
  it("keeps the latest entries only", () => {
    const journal = createRequestJournal<number>(3);
    for (const entry of [1, 2, 3, 4, 5]) journal.arrived(entry);
    expect(journal.entries).toEqual([3, 4, 5]);
  });

  it("tells its listeners of arrival and end, until they leave", () => {
    const journal = createRequestJournal<string>();
    const heard: string[] = [];
    const leave = journal.onArrival((entry) => heard.push(`${entry} arrived`));
    journal.onFinish((entry) => heard.push(`${entry} finished`));
    journal.arrived("a");
    journal.finished("a");
    leave();
    journal.arrived("b");
    expect(heard).toEqual(["a arrived", "a finished"]);
  });
});
