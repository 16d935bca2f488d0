import { randomUUID } from "node:crypto";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { LEDGER, SCRIPT, SCRIPT_SECRET, useWorld } from "./support/world.ts";

const NO_ENVIRONMENT = { AZURE_TENANT_ID: undefined, AZURE_CLIENT_ID: undefined, AZURE_CLIENT_SECRET: undefined };

describe("npm run entra:register: what goes wrong", () => {
  const world = useWorld();

  it("names the rights that are missing, for reading and for writing", async () => {
    world.grant();
    await expect(world.register()).rejects.toThrow(
      /403 Authorization_RequestDenied.*request-id[\s\S]*Application\.Read\.All/,
    );
    world.grant("Application.Read.All");
    const refused = world.runJson();
    await expect(refused).rejects.toThrow("failed to create the application");
    await expect(refused).rejects.toThrow("directory role Application Developer");
    await expect(refused).rejects.toThrow("Application.ReadWrite.OwnedBy");
    await expect(refused).rejects.toThrow(`the service principal ${SCRIPT}`);
    expect(world.graph.state.applications).toEqual([]);
  });

  it("manages its own registration with Application.ReadWrite.OwnedBy, and nobody else's", async () => {
    world.grant("Application.ReadWrite.OwnedBy");
    await world.register("--client-secret");
    const [application] = world.graph.state.applications;
    application?.owners.splice(0, 1, randomUUID());
    if (application !== undefined) application.identifierUris = [];
    await expect(world.register()).rejects.toThrow("failed to update the application: 403");
  });

  it("goes on after an interruption where it stopped", async () => {
    world.graph.faults.denied({ pathPrefix: "/v1.0/servicePrincipals", requests: 1 });
    const stopped = await world.register().catch((error: Error) => error);
    const [application] = world.graph.state.applications;
    expect(String(stopped)).toContain(`run again with --app-id ${application?.appId}`);
    expect((await world.register()).changes).toEqual(["create the service principal"]);
  });

  it("waits as long as Graph asks, but not for ever", async () => {
    world.graph.faults.throttled(1, { requests: 1 });
    await world.runJson();
    world.graph.faults.throttled(3_600);
    await expect(world.register()).rejects.toThrow(/429 TooManyRequests.*\n.*Run the script again later/);
  });

  it("waits for a new application to be known everywhere", async () => {
    world.graph.faults.replicationLag(2);
    await world.register("--client-secret");
    expect(world.graph.state.applications).toHaveLength(1);
    expect(world.writes().filter((write) => write.includes("PATCH"))).toHaveLength(3);
  });

  it("lists the scopes there are, and the APIs named alike", async () => {
    await expect(world.register("--downstream", `ledger=${LEDGER}:Ledger.Raed`)).rejects.toThrow(
      "Ledger API has no delegated scope Ledger.Raed. Did you mean Ledger.Read? It has: Ledger.Read, Ledger.Write.",
    );
    await expect(world.register("--downstream", "ledger=api://ledger:Ledger.Read")).rejects.toThrow(
      `no service principal of api://ledger. Named like ledger:\n  Ledger API: ${LEDGER}`,
    );
    await expect(world.register("--downstream", "crm=api://crm:Read")).rejects.toThrow("Nothing is named like crm.");
    expect(world.graph.state.applications).toEqual([]);
  });

  it("shows how to sign in", async () => {
    const bin = join(world.folder, "bin");
    await mkdir(bin, { recursive: true });
    const publicCloud = ["--name", "obo-gateway", "--tenant", "contoso.example"];
    const missing = await world.run(publicCloud, { ...NO_ENVIRONMENT, AZURE_AUTHORITY_HOST: undefined, PATH: bin });
    expect(missing).toMatchObject({ code: 1, stdout: "" });
    expect(missing.stderr).toContain("az login --tenant contoso.example");
    const az = join(bin, "az");
    await writeFile(az, "#!/bin/sh\necho \"ERROR: Please run 'az login' to setup account: $*\" >&2\nexit 1\n");
    await chmod(az, 0o755);
    const out = await world.run(publicCloud, { ...NO_ENVIRONMENT, PATH: `${bin}:/usr/bin:/bin` });
    expect(out.stderr).toContain("Not signed in to Microsoft Graph");
    const wrong = await world.run(["--name", "obo-gateway", "--graph-url", world.graph.url], {
      AZURE_CLIENT_SECRET: "a-wrong-secret",
    });
    expect(wrong.stderr).toContain("AADSTS7000215");
    expect(wrong.stderr).not.toContain("a-wrong-secret");
    expect(wrong.stderr).not.toContain(SCRIPT_SECRET);
  });

  it("sends a token of a real tenant to Microsoft only", async () => {
    const before = world.graph.requests.length;
    const elsewhere = ["--name", "obo-gateway", "--graph-url", world.graph.url];
    const unnamed = await world.run(elsewhere, { AZURE_AUTHORITY_HOST: undefined });
    expect(unnamed.stderr).toContain("is not Microsoft Graph");
    const real = await world.run(elsewhere, { AZURE_AUTHORITY_HOST: "https://login.microsoftonline.com" });
    expect(real.stderr).toContain("is not Microsoft Graph");
    const cli = await world.run(elsewhere, NO_ENVIRONMENT);
    expect(cli.stderr).toContain("needs AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET");
    expect(world.graph.requests).toHaveLength(before);
  });

  it("says that nothing is there", async () => {
    await world.graph.faults.down();
    await expect(world.register()).rejects.toThrow(/cannot be reached to look for applications.*ECONNREFUSED/);
    await world.graph.faults.up();
  });

  it("shows its usage", async () => {
    expect(await world.run(["--help"])).toMatchObject({ code: 0, stdout: expect.stringContaining("--what-if") });
    const mistyped = await world.run(["--nmae", "x"]);
    expect([mistyped.code, mistyped.stderr]).toEqual([2, expect.stringContaining("'--nmae'")]);
  });
});
