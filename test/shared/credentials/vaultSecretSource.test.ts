import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { loadFailure, SOURCE, useVault } from "./support/vault.ts";

describe("vaultSecretSource, with the real SDK", () => {
  const world = useVault();

  it("gives the newest version of the secret, and prints nothing of it", async () => {
    const version = world.vault.setSecret("rolled", "hunter2");
    const source = world.secretSource("rolled");
    const first = await source.load();
    expect(first.label).toBe(`${SOURCE} secret rolled version ${version}`);
    expect(first.proof.kind === "secret" && first.proof.secret.reveal()).toBe("hunter2");
    expect(await source.load()).toBe(first);
    const newer = world.vault.setSecret("rolled", "hunter3");
    const second = await source.load();
    expect(second.label).toContain(newer);
    expect(second.proof.kind === "secret" && second.proof.secret.reveal()).toBe("hunter3");
    expect(source.canChange).toBe(true);
    expect(inspect([source, first, second], { depth: 9, showHidden: true })).not.toContain("hunter");
  });

  it("says what is wrong, and goes on when it is put right", async () => {
    const source = world.secretSource("late");
    expect((await loadFailure(source)).message).toBe(
      `${SOURCE}: secret late in ${world.vault.url} cannot be used: HTTP 404 (SecretNotFound): there is no such secret, or it was deleted.`,
    );
    world.vault.setSecret("late", "hunter2");
    world.vault.faults.forbidden("rbac");
    expect((await loadFailure(source)).message).toContain("it needs the role Key Vault Secrets User.");
    world.vault.faults.clear();
    await expect(source.load()).resolves.toBeDefined();
  });
});
