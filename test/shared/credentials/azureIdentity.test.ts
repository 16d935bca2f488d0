import {
  AzureCliCredential,
  ClientSecretCredential,
  ManagedIdentityCredential,
  type TokenCredential,
} from "@azure/identity";
import { describe, expect, it } from "vitest";
import { azureIdentity, forResourceOnly } from "../../../shared/credentials/azureIdentity.ts";
import { vaultCloud } from "../../../shared/credentials/keyVault.ts";

const INSTANCE = "https://login.microsoftonline.com";
const IDENTITY = "40000000-0000-4000-8000-000000000001";
const SERVICE_PRINCIPAL = {
  AZURE_TENANT_ID: "10000000-0000-4000-8000-000000000001",
  AZURE_CLIENT_ID: "20000000-0000-4000-8000-000000000005",
  AZURE_CLIENT_SECRET: "hunter2",
};
const ON_AZURE = { IDENTITY_ENDPOINT: "http://127.0.0.1:1/token", IDENTITY_HEADER: "x" };

describe("azureIdentity", () => {
  it.each([
    [
      "the managed identity that the settings name, before all else",
      IDENTITY,
      { ...SERVICE_PRINCIPAL, ...ON_AZURE },
      ManagedIdentityCredential,
    ],
    [
      "the service principal of the environment",
      undefined,
      { ...SERVICE_PRINCIPAL, ...ON_AZURE },
      ClientSecretCredential,
    ],
    ["on Azure, the system-assigned identity", undefined, ON_AZURE, ManagedIdentityCredential],
    ["elsewhere, whoever is signed in with the Azure CLI", undefined, {}, AzureCliCredential],
    [
      "a service principal only when all of it is there",
      undefined,
      { ...SERVICE_PRINCIPAL, AZURE_CLIENT_SECRET: "" },
      AzureCliCredential,
    ],
  ])("is %s", async (_what, managedIdentityClientId, environment, expected) => {
    const identity = await azureIdentity({ managedIdentityClientId, instance: INSTANCE, environment });
    expect(identity).toBeInstanceOf(expected);
  });
});

describe("forResourceOnly", () => {
  const asked: (string | string[])[] = [];
  const inner: TokenCredential = {
    async getToken(scopes) {
      asked.push(scopes);
      return { token: "for the vault", expiresOnTimestamp: 0 };
    },
  };
  const guarded = forResourceOnly(inner, "https://vault.azure.net");

  it("lets the resource's own scope pass, as text or as a list", async () => {
    await expect(guarded.getToken("https://vault.azure.net/.default")).resolves.toMatchObject({
      token: "for the vault",
    });
    await expect(guarded.getToken(["https://vault.azure.net/.default"])).resolves.toBeDefined();
    expect(asked).toHaveLength(2);
  });

  it.each([
    [["https://graph.microsoft.com/.default"]],
    [["https://vault.azure.net/.default", "https://graph.microsoft.com/.default"]],
    [["https://vault.azure.net.evil.example/.default"]],
    [["https://vault.azure.net/.default/"]],
    [[]],
    [""],
  ])("refuses %j", async (scopes) => {
    const before = asked.length;
    await expect(guarded.getToken(scopes)).rejects.toThrow("but only https://vault.azure.net/.default is its own");
    expect(asked).toHaveLength(before);
  });
});

describe("vaultCloud", () => {
  it.each([
    ["https://contoso.vault.azure.net", "https://vault.azure.net", true],
    ["https://CONTOSO.VAULT.AZURE.NET/", "https://vault.azure.net", true],
    ["https://contoso.vault.usgovcloudapi.net", "https://vault.usgovcloudapi.net", true],
    ["https://contoso.vault.azure.cn", "https://vault.azure.cn", true],
    ["https://localhost:8443", "https://vault.azure.net", false],
    ["https://vault.azure.net.evil.example", "https://vault.azure.net", false],
    ["https://contosovault.azure.net", "https://vault.azure.net", false],
  ])("knows %s", (url, resource, microsoft) => {
    expect(vaultCloud(url, INSTANCE)).toEqual({ resource, microsoft });
    expect(vaultCloud(url, "https://localhost:8444")).toEqual({ resource, microsoft });
  });

  it.each([
    ["https://login.microsoftonline.us", "https://vault.usgovcloudapi.net"],
    ["https://login.partner.microsoftonline.cn", "https://vault.azure.cn"],
  ])("takes a stand-in for one of the cloud of %s", (instance, resource) => {
    expect(vaultCloud("https://localhost:8443", instance)).toEqual({ resource, microsoft: false });
  });
});
