import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { useGraph } from "../../../packages/local-azure/test/graph/graphUnderTest.ts";
import { cloudOf } from "../../../scripts/entra/clouds.ts";
import { USAGE } from "../../../scripts/entra/options.ts";

const document = await readFile(join(import.meta.dirname, "../../../docs/registration.md"), "utf8");

/** A file that the document's shell writes, with its variables put in. */
function written(file: string, variables: Readonly<Record<string, string>>): unknown {
  const [, body] = document.match(new RegExp(`cat > ${file} <<JSON\\n([\\s\\S]*?)\\nJSON\\n`)) ?? [];
  if (body === undefined) throw new Error(`the document writes no ${file}`);
  return JSON.parse(
    body.replace(/\$([A-Z_]+)/g, (_match, name: string) => {
      const value = variables[name];
      if (value === undefined) throw new Error(`the document uses $${name}, which it does not set`);
      return value;
    }),
  );
}

describe("docs/registration.md", () => {
  const under = useGraph();

  it("explains every option, and none that does not exist", () => {
    const distinct = (all: RegExpMatchArray | null) => [...new Set(all)].sort();
    const explained = distinct(document.match(/(?<=^\| `)--[a-z-]+/gm));
    expect(explained).toEqual(distinct(USAGE.match(/(?<=^ {2})--[a-z-]+/gm)));
    expect(explained.length).toBeGreaterThan(10);
  });

  it("names, for each cloud, the issuer and the audience that the script registers", () => {
    const graphs = [
      "https://graph.microsoft.com",
      "https://graph.microsoft.us",
      "https://dod-graph.microsoft.us",
      "https://microsoftgraph.chinacloudapi.cn",
    ];
    const rows = graphs.map((graph) => {
      const { authority, tokenExchangeAudience } = cloudOf(graph, undefined);
      return ` | \`${authority}/{tenant id}/v2.0\` | \`${tokenExchangeAudience}\` |`;
    });
    for (const row of rows) expect(document).toContain(row);
    expect(document.match(/\/\{tenant id\}\/v2\.0/g)).toHaveLength(new Set(rows).size);
  });

  it("shows requests that Graph takes, in an order that it takes", async () => {
    const { id, api, federatedIdentityCredentials } = await under.application();
    const variables = { NAME: "obo-gateway", SCOPE_ID: randomUUID(), CLIENT_ID: randomUUID() };
    for (const file of ["application.json", "clients.json"]) {
      expect(await under.ask("PATCH", `/applications/${id}`, written(file, variables))).toMatchObject({ status: 204 });
    }
    const [stored] = under.graph.state.applications;
    expect(stored?.api).toMatchObject({
      ...api,
      requestedAccessTokenVersion: 2,
      oauth2PermissionScopes: [{ value: "access_as_user" }],
      knownClientApplications: [variables.CLIENT_ID],
      preAuthorizedApplications: [{ delegatedPermissionIds: [variables.SCOPE_ID] }],
    });
    const federated = written("federated.json", { TENANT_ID: randomUUID(), PRINCIPAL_ID: randomUUID() });
    await under.ask("POST", `/applications/${id}/federatedIdentityCredentials`, federated);
    expect(federatedIdentityCredentials).toMatchObject([federated]);
  });
});
