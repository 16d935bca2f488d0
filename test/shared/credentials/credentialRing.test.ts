import { describe, expect, it } from "vitest";
import type { ClientCredential, CredentialSource } from "../../../shared/credentials/clientCredential.ts";
import { CredentialLoadError } from "../../../shared/credentials/clientCredential.ts";
import { CredentialRing } from "../../../shared/credentials/credentialRing.ts";
import { CredentialUnavailableError } from "../../../shared/errors/credentialUnavailableError.ts";
import { Secret } from "../../../shared/secret.ts";

/** A source that the test answers for. */
class TestSource implements CredentialSource {
  readonly canChange = false;
  readonly label: string;
  loads = 0;
  outcome: () => Promise<ClientCredential>;

  constructor(label: string, outcome: () => Promise<ClientCredential> = async () => credentialOf(label)) {
    this.label = label;
    this.outcome = outcome;
  }

  load(): Promise<ClientCredential> {
    this.loads += 1;
    return this.outcome();
  }
}

function credentialOf(label: string): ClientCredential {
  return { label, expiresOnMs: undefined, proof: { kind: "secret", secret: new Secret("x") } };
}

const refusing = (reason: string) => (): Promise<ClientCredential> => Promise.reject(new CredentialLoadError(reason));

function ringOf(...sources: TestSource[]) {
  const clock = { nowMs: 1_000_000 };
  const events: string[] = [];
  const ring = new CredentialRing(sources, () => clock.nowMs, {
    loaded: ({ label }) => events.push(`loaded ${label}`),
    failed: (reason) => events.push(`failed ${reason}`),
  });
  return { ring, clock, events };
}

async function unavailable(ring: CredentialRing): Promise<CredentialUnavailableError> {
  const error: unknown = await ring.current().catch((reason: unknown) => reason);
  if (!(error instanceof CredentialUnavailableError)) throw new Error("There was a credential.");
  return error;
}

describe("CredentialRing", () => {
  it("loads nothing before it is asked, once for all that ask, and keeps it", async () => {
    const answer = Promise.withResolvers<ClientCredential>();
    const source = new TestSource("first", () => answer.promise);
    const { ring, events } = ringOf(source);
    expect(source.loads).toBe(0);
    const all = Promise.all(Array.from({ length: 50 }, () => ring.current()));
    expect(source.loads).toBe(1);
    answer.resolve(credentialOf("first"));
    const credentials = await all;
    expect(new Set(credentials).size).toBe(1);
    expect(await ring.current()).toBe(credentials[0]);
    expect(source.loads).toBe(1);
    expect(events).toEqual(["loaded first"]);
  });

  it("prefers the first, and takes the second when the first cannot be loaded", async () => {
    const [first, second] = [new TestSource("first"), new TestSource("second")];
    expect((await ringOf(first, second).ring.current()).label).toBe("first");
    expect(second.loads).toBe(0);

    first.outcome = refusing("The vault is down.");
    const { ring, events } = ringOf(first, second);
    expect((await ring.current()).label).toBe("second");
    expect(events).toEqual(["failed The vault is down.", "loaded second"]);
    await ring.current();
    expect(first.loads).toBe(2);
  });

  it("fails with every reason when none can be loaded, for the log alone", async () => {
    const { ring, events } = ringOf(
      new TestSource("first", refusing("One.")),
      new TestSource("second", refusing("Two.")),
    );
    const error = await unavailable(ring);
    expect(error).toMatchObject({
      code: "credential_unavailable",
      diagnosis: "One. Two.",
      members: { retryAfter: 10 },
    });
    expect(error.message).not.toContain("One.");
    expect(events).toEqual(["failed One.", "failed Two."]);
  });

  it("tells all that wait of one failed load", async () => {
    const source = new TestSource("first", refusing("No."));
    const { ring } = ringOf(source);
    const all = await Promise.allSettled(Array.from({ length: 20 }, () => ring.current()));
    expect(all.every(({ status }) => status === "rejected")).toBe(true);
    expect(source.loads).toBe(1);
  });

  it("leaves the sources alone for ten seconds after a failure, and says how long is left", async () => {
    const source = new TestSource("first", refusing("No."));
    const { ring, clock } = ringOf(source);
    await unavailable(ring);
    clock.nowMs += 7_500;
    const error = await unavailable(ring);
    expect(error).toMatchObject({ diagnosis: "No.", members: { retryAfter: 3 } });
    expect(source.loads).toBe(1);

    clock.nowMs += 2_500;
    source.outcome = async () => credentialOf("first");
    expect((await ring.current()).label).toBe("first");
    expect(source.loads).toBe(2);
  });

  it("counts the pause from the end of the failed load", async () => {
    const answer = Promise.withResolvers<ClientCredential>();
    const source = new TestSource("first", () => answer.promise);
    const { ring, clock } = ringOf(source);
    const waiting = unavailable(ring);
    clock.nowMs += 60_000;
    answer.reject(new CredentialLoadError("Late."));
    await waiting;
    expect((await unavailable(ring)).members.retryAfter).toBe(10);
    expect(source.loads).toBe(1);
  });

  it("does not wait for longer than the pause when the clock was set back", async () => {
    const source = new TestSource("first", refusing("No."));
    const { ring, clock } = ringOf(source);
    await unavailable(ring);
    clock.nowMs -= 3_600_000;
    await unavailable(ring);
    expect(source.loads).toBe(2);
  });
});
