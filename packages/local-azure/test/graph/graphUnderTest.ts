import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach } from "vitest";
import type { StoredApplication } from "../../src/graph/directory.ts";
import { GRAPH, type LocalGraph, startGraph } from "../../src/graph/graph.ts";
import { createCertificateAuthority } from "../../src/tls/certificateAuthority.ts";
import { startTokenIssuer, type TokenClaims, type TokenIssuer } from "../support/tokenIssuer.ts";
import { createTrustingClient, type TrustingClient } from "../support/trustingClient.ts";

export interface GraphAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  /** Undefined when there was no body. */
  readonly body: { readonly [key: string]: unknown } | undefined;
}

export interface GraphUnderTest {
  readonly graph: LocalGraph;
  readonly issuer: TokenIssuer;
  /** As an app that may do everything; other claims replace its own. */
  ask(method: string, path: string, body?: unknown, more?: AskOptions): Promise<GraphAnswer>;
  /** With whatever stands in `Authorization`. */
  askWith(authorization: string | undefined, path: string): Promise<GraphAnswer>;
  /** A registered application; as it is kept, not as it is shown. */
  application(body?: object): Promise<StoredApplication>;
}

export interface AskOptions {
  readonly claims?: TokenClaims;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Starts a Graph and an issuer for the tests of a file; each test begins with an empty tenant. */
export function useGraph(): GraphUnderTest {
  let running: { graph: LocalGraph; issuer: TokenIssuer; client: TrustingClient } | undefined;
  const started = () => {
    if (running === undefined) throw new Error("The Graph runs from the first test on.");
    return running;
  };
  beforeAll(async () => {
    const authority = await createCertificateAuthority();
    const tls = await authority.issue();
    const issuer = await startTokenIssuer(tls);
    const trustedCa = authority.certificatePem;
    const graph = await startGraph({ tls, entraUrl: issuer.url, tenantId: issuer.tenantId, trustedCa });
    running = { graph, issuer, client: createTrustingClient(trustedCa) };
  });
  beforeEach(() => {
    const { state, faults } = started().graph;
    state.applications.length = 0;
    state.servicePrincipals.length = 0;
    faults.clear();
    faults.replicationLag(0);
  });
  afterAll(async () => {
    await running?.client.close();
    await running?.graph.close();
    await running?.issuer.close();
  });
  const send = async (method: string, path: string, headers: Record<string, string>, body: unknown) => {
    const { client, graph } = started();
    const sent = body === undefined ? {} : { "content-type": "application/json" };
    const answer = await client.ask(graph.url, `/v1.0${path}`, {
      method,
      headers: { ...sent, ...headers },
      body: body === undefined ? null : JSON.stringify(body),
    });
    return { status: answer.status, headers: answer.headers, body: answer.body.length > 0 ? answer.json() : undefined };
  };
  const oid = randomUUID();
  const underTest: GraphUnderTest = {
    get graph() {
      return started().graph;
    },
    get issuer() {
      return started().issuer;
    },
    async ask(method, path, body, { claims = {}, headers = {} } = {}) {
      const roles = ["Application.ReadWrite.All"];
      const token = await started().issuer.token({ aud: GRAPH.appIdUri, oid, roles, ...claims });
      return send(method, path, { authorization: `Bearer ${token}`, ...headers }, body);
    },
    askWith: (authorization, path) =>
      send("GET", path, authorization === undefined ? {} : { authorization }, undefined),
    async application(body = {}) {
      const answer = await underTest.ask("POST", "/applications", { displayName: "app", ...body });
      const stored = started().graph.state.applications.find(({ id }) => id === answer.body?.id);
      if (stored === undefined) throw new Error(`not created: ${JSON.stringify(answer.body)}`);
      return stored;
    },
  };
  return underTest;
}
