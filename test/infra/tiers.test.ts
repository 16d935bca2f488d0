import { describe, expect, it } from "vitest";
import { text } from "./bicep/value.ts";
import {
  CLIENT_CREDENTIALS,
  DIRECT,
  deployed,
  ISOLATED,
  ofType,
  only,
  property,
  REDIS,
} from "./support/deployments.ts";

const SERVICE = "Microsoft.ApiManagement/service";

describe("SKU Consumption", () => {
  const resources = deployed({ apimSku: "Consumption", ...CLIENT_CREDENTIALS, ...DIRECT });

  it("has no units, no network, no circuit breaker", () => {
    const service = only(resources, SERVICE);
    expect(service.body.sku).toEqual({ name: "Consumption", capacity: 0 });
    expect(property(service, "virtualNetworkType")).toBe("None");
    expect(property(only(resources, `${SERVICE}/backends`), "circuitBreaker")).toBeNull();
  });

  it("has no policy that the tier lacks, and no named value for one", () => {
    const documents = [
      ...ofType(resources, `${SERVICE}/policyFragments`),
      ...ofType(resources, `${SERVICE}/apis/policies`),
    ];
    expect(documents.length).toBe(12);
    for (const each of documents) {
      expect(text(property(each, "value")), each.name).not.toMatch(
        /<(rate-limit-by-key|quota-by-key|cache-(lookup|store|remove)[\w-]*)/,
      );
    }
    expect(ofType(resources, `${SERVICE}/namedValues`).map(({ name }) => name)).not.toContain("obo-rate-limit-calls");
  });
});

describe("the other tiers", () => {
  it("have them", () => {
    const resources = deployed({ apimCapacity: 2 });
    expect(only(resources, SERVICE).body.sku).toEqual({ name: "BasicV2", capacity: 2 });
    expect(property(only(resources, `${SERVICE}/backends`), "circuitBreaker", "rules", 0)).toMatchObject({
      tripDuration: "PT30S",
      acceptRetryAfter: false,
      failureCondition: { errorReasons: ["BackendConnectionFailure"] },
    });
    expect(text(property(only(resources, `${SERVICE}/apis/policies`), "value"))).toContain("<rate-limit-by-key");
  });

  it("make a product and a subscription only where subscriptions are wanted", () => {
    expect(ofType(deployed(), `${SERVICE}/products`)).toEqual([]);
    const resources = deployed({ subscriptionRequired: true });
    expect(property(only(resources, `${SERVICE}/apis`), "subscriptionRequired")).toBe(true);
    expect(only(resources, `${SERVICE}/products/apis`).name).toBe("obo");
    expect(property(only(resources, `${SERVICE}/subscriptions`), "allowTracing")).toBe(false);
  });
});

const REACHABLE = ["Microsoft.Web/sites", "Microsoft.KeyVault/vaults", "Microsoft.Storage/storageAccounts"];

describe("network isolation", () => {
  it("off, makes no network and leaves the services to their identities", () => {
    const resources = deployed();
    expect(resources.filter(({ type }) => type.startsWith("Microsoft.Network/"))).toEqual([]);
    for (const type of REACHABLE) expect(property(only(resources, type), "publicNetworkAccess")).toBe("Enabled");
    expect(property(only(resources, "Microsoft.Web/sites"), "virtualNetworkSubnetId")).toBeNull();
  });

  it("on, leaves API Management alone reachable, and gives every other service an address inside", () => {
    const resources = deployed(ISOLATED);
    const closed = [...REACHABLE, "Microsoft.Cache/redisEnterprise"];
    for (const type of closed) expect(property(only(resources, type), "publicNetworkAccess"), type).toBe("Disabled");
    const endpoints = ofType(resources, "Microsoft.Network/privateEndpoints");
    expect(
      endpoints.map((each) => [
        property(each, "privateLinkServiceConnections", 0, "properties", "privateLinkServiceId"),
        property(each, "privateLinkServiceConnections", 0, "properties", "groupIds", 0),
      ]),
    ).toEqual([
      ["<app.id>", "sites"],
      ["<vault.id>", "vault"],
      ["<account.id>", "blob"],
      ["<cache.id>", "redisEnterprise"],
    ]);
    expect(ofType(resources, "Microsoft.Network/privateDnsZones").map(({ name }) => name)).toEqual([
      "privatelink.azurewebsites.net",
      "privatelink.vaultcore.azure.net",
      "privatelink.blob.core.windows.net",
      "privatelink.redis.azure.net",
    ]);
    expect(ofType(resources, "Microsoft.Network/privateDnsZones/virtualNetworkLinks").length).toBe(endpoints.length);
  });

  it("on, sends from subnets of the right kind, all with an own way out and rules", () => {
    const resources = deployed(ISOLATED);
    const network = only(resources, "Microsoft.Network/virtualNetworks");
    const subnet = (index: number) => ({
      delegation: property(network, "subnets", index, "properties", "delegations", 0, "properties", "serviceName"),
      natGateway: property(network, "subnets", index, "properties", "natGateway", "id"),
      rules: property(network, "subnets", index, "properties", "networkSecurityGroup", "id"),
      lent: property(network, "subnets", index, "properties", "defaultOutboundAccess"),
    });
    const common = { natGateway: "<natGateway.id>", rules: "<securityGroup.id>", lent: false };
    expect(subnet(0)).toEqual({ delegation: "Microsoft.App/environments", ...common });
    expect(subnet(1)).toEqual({ delegation: "Microsoft.Web/serverFarms", ...common });
    expect(property(only(resources, "Microsoft.Web/sites"), "virtualNetworkSubnetId")).toBe("<network.:functions.id>");
    expect(property(only(resources, SERVICE), "virtualNetworkConfiguration", "subnetResourceId")).toBe(
      "<network.:apiManagement.id>",
    );
    expect(property(only(resources, SERVICE), "virtualNetworkType")).toBe("External");
  });

  it.each(["BasicV2", "Consumption", "Developer"])("is refused for a tier that cannot have it: %s", (apimSku) => {
    expect(() => deployed({ apimSku, networkIsolation: true })).toThrow("needs apimSku StandardV2 or PremiumV2");
  });
});

describe("Redis", () => {
  it("is there by one switch", () => {
    expect(deployed().filter(({ type }) => type.startsWith("Microsoft.Cache/"))).toEqual([]);
    expect(only(deployed(REDIS), "Microsoft.Cache/redisEnterprise").body.sku).toEqual({ name: "Balanced_B0" });
  });

  it("is of the kind that the app's client can use: one address, and room made for what is new", () => {
    const database = only(deployed(REDIS), "Microsoft.Cache/redisEnterprise/databases");
    expect(["EnterpriseCluster", "NoCluster"]).toContain(property(database, "clusteringPolicy"));
    expect(property(database, "evictionPolicy")).toMatch(/^(AllKeys|Volatile)/);
  });
});

describe("the function app", () => {
  it("scales as the parameters say", () => {
    const scale = (params = {}) =>
      property(only(deployed(params), "Microsoft.Web/sites"), "functionAppConfig", "scaleAndConcurrency");
    expect(scale()).toEqual({
      instanceMemoryMB: 2048,
      maximumInstanceCount: 40,
      alwaysReady: [],
      triggers: { http: { perInstanceConcurrency: 100 } },
    });
    expect(scale({ alwaysReadyInstances: 2, maximumInstanceCount: 10, instanceMemoryMB: 512 })).toMatchObject({
      instanceMemoryMB: 512,
      maximumInstanceCount: 10,
      alwaysReady: [{ name: "http", instanceCount: 2 }],
    });
  });

  it("runs on Node.js 24, deployed and stored by its identity", () => {
    const app = only(deployed(), "Microsoft.Web/sites");
    expect(property(app, "functionAppConfig", "runtime")).toEqual({ name: "node", version: "24" });
    expect(property(app, "functionAppConfig", "deployment", "storage")).toEqual({
      type: "blobContainer",
      value: "<account.properties.primaryEndpoints.blob>packages",
      authentication: { type: "UserAssignedIdentity", userAssignedIdentityResourceId: "<identity.id>" },
    });
    expect(app.after).toContain("storage");
  });
});
