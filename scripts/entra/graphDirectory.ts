import { z } from "zod";
import type { GraphClient } from "./graphClient.ts";
import type { Application, FederatedCredential, ServicePrincipal } from "./graphObjects.ts";
import {
  APPLICATION_PROPERTIES,
  application,
  federatedCredential,
  newPassword,
  SERVICE_PRINCIPAL_PROPERTIES,
  servicePrincipal,
} from "./graphObjects.ts";

const MOST_ALIKE = "10";

const named = z.object({
  value: z.array(
    z.object({ id: z.string(), appId: z.string(), displayName: z.string(), createdDateTime: z.string().nullish() }),
  ),
});
export type NamedApplication = z.infer<typeof named>["value"][number];

/** What can be written of an application: a part of it. */
export type ApplicationBody = Partial<Omit<Application, "id" | "appId" | "passwordCredentials">>;

/** The requests to Graph that the script makes, each named by what it is for. */
export class GraphDirectory {
  readonly #client: GraphClient;

  constructor(client: GraphClient) {
    this.#client = client;
  }

  /** All applications of a display name, upper and lower case alike: names need not be unique. */
  async applicationsNamed(name: string): Promise<readonly NamedApplication[]> {
    const query = { $filter: `displayName eq ${quoted(name)}`, $select: "id,appId,displayName,createdDateTime" };
    const what = `look for applications named ${name}`;
    return (await this.#client.call({ what, right: "read", method: "GET", path: "/applications", query }, named)).value;
  }

  /** With the public keys of its certificates, which Graph gives for a single application only. */
  application(appId: string): Promise<Application | undefined> {
    const path = `/applications(appId=${quoted(appId)})`;
    const query = { $select: APPLICATION_PROPERTIES };
    return this.#client.find({ what: "read the application", right: "read", method: "GET", path, query }, application);
  }

  createApplication(body: ApplicationBody): Promise<Application> {
    return this.#client.call(
      { what: "create the application", right: "write", method: "POST", path: "/applications", body },
      application,
    );
  }

  async updateApplication(id: string, body: ApplicationBody, fresh: boolean): Promise<void> {
    await this.#client.call(
      { what: "update the application", right: "write", method: "PATCH", path: `/applications/${id}`, body, fresh },
      z.undefined(),
    );
  }

  async addPassword(id: string, passwordCredential: { displayName: string; endDateTime: string }, fresh: boolean) {
    const path = `/applications/${id}/addPassword`;
    const request = { what: "make a client secret", right: "write", method: "POST", path, fresh } as const;
    return this.#client.call({ ...request, body: { passwordCredential } }, newPassword);
  }

  async federatedCredentials(id: string): Promise<readonly FederatedCredential[]> {
    const path = `/applications/${id}/federatedIdentityCredentials`;
    const list = z.object({ value: z.array(federatedCredential) });
    const what = "read the federated credentials";
    return (await this.#client.call({ what, right: "read", method: "GET", path }, list)).value;
  }

  async addFederatedCredential(id: string, body: Omit<FederatedCredential, "id">, fresh: boolean): Promise<void> {
    const path = `/applications/${id}/federatedIdentityCredentials`;
    const what = "add the federated credential";
    await this.#client.call({ what, right: "write", method: "POST", path, body, fresh }, federatedCredential);
  }

  async updateFederatedCredential(id: string, credentialId: string, audiences: readonly string[]): Promise<void> {
    const path = `/applications/${id}/federatedIdentityCredentials/${credentialId}`;
    const what = "update the federated credential";
    await this.#client.call({ what, right: "write", method: "PATCH", path, body: { audiences } }, z.undefined());
  }

  servicePrincipalOf(appId: string): Promise<ServicePrincipal | undefined> {
    return this.#findServicePrincipal(`/servicePrincipals(appId=${quoted(appId)})`);
  }

  /** @param id object id */
  servicePrincipal(id: string): Promise<ServicePrincipal | undefined> {
    return this.#findServicePrincipal(`/servicePrincipals/${id}`);
  }

  /** @param uri one of its names: an app id URI */
  async servicePrincipalNamed(uri: string): Promise<ServicePrincipal | undefined> {
    const [found] = await this.#servicePrincipals({ $filter: `servicePrincipalNames/any(n:n eq ${quoted(uri)})` });
    return found;
  }

  /** Those with such a display name, for a message that helps. */
  servicePrincipalsLike(text: string): Promise<readonly ServicePrincipal[]> {
    const words = text.replace(/["\\]/g, " ");
    return this.#servicePrincipals({ $search: `"displayName:${words}"`, $top: MOST_ALIKE }, true);
  }

  createServicePrincipal(appId: string, fresh: boolean): Promise<ServicePrincipal> {
    return this.#client.call(
      {
        what: "create the service principal",
        right: "write",
        method: "POST",
        path: "/servicePrincipals",
        body: { appId },
        fresh,
      },
      servicePrincipal,
    );
  }

  #findServicePrincipal(path: string): Promise<ServicePrincipal | undefined> {
    const query = { $select: SERVICE_PRINCIPAL_PROPERTIES };
    const what = "read a service principal";
    return this.#client.find({ what, right: "read", method: "GET", path, query }, servicePrincipal);
  }

  async #servicePrincipals(query: Record<string, string>, eventual = false): Promise<readonly ServicePrincipal[]> {
    const list = z.object({ value: z.array(servicePrincipal) });
    const what = "look for a service principal";
    const all = { ...query, $select: SERVICE_PRINCIPAL_PROPERTIES };
    const request = { what, right: "read", method: "GET", path: "/servicePrincipals", query: all, eventual } as const;
    return (await this.#client.call(request, list)).value;
  }
}

/** OData's way to write a text: a quote in it is doubled. In paths only GUIDs are written so. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
