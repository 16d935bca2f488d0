import { randomUUID } from "node:crypto";
import { request as send } from "undici";
import type { z } from "zod";
import { retryAfterSeconds } from "../../shared/net/httpClient.ts";
import type { GraphFailure, Right } from "./graphErrors.ts";
import { adviceFor, GraphError, readFailure } from "./graphErrors.ts";
import type { GraphIdentity } from "./graphIdentity.ts";

const REQUEST_TIMEOUT_MS = 30_000;
const FIRST_WAIT_MS = 500;
/** All waiting for one request together. Replication takes seconds, seldom a minute. */
const MOST_WAITING_MS = 90_000;

export interface GraphRequest {
  /** Completes "Microsoft Graph failed to ...". */
  readonly what: string;
  readonly right: Right;
  readonly method: "GET" | "POST" | "PATCH";
  /** Below `/v1.0`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** An advanced query (learn.microsoft.com/graph/aad-advanced-queries). */
  readonly eventual?: boolean;
  /** About an object made a moment ago, which not every replica of the directory has yet. */
  readonly fresh?: boolean;
}

export interface GraphClientOptions {
  readonly graphUrl: string;
  readonly identity: GraphIdentity;
  readonly now: () => number;
  readonly wait: (ms: number) => Promise<void>;
}

/** Requests to Microsoft Graph v1.0, repeated where that is safe and of use, within bounds. */
export class GraphClient {
  readonly #options: GraphClientOptions;

  constructor(options: GraphClientOptions) {
    this.#options = options;
  }

  /** @throws GraphError; Error when Graph cannot be reached or its answer is not of the expected form. */
  async call<T>(request: GraphRequest, schema: z.ZodType<T>): Promise<T> {
    const parsed = schema.safeParse(await this.#send(request));
    if (parsed.success) return parsed.data;
    const where = parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("; ");
    throw new Error(`Microsoft Graph's answer to "${request.what}" is not what it documents: ${where}`);
  }

  /** The same, where "there is none" (404) is an answer. */
  async find<T>(request: GraphRequest, schema: z.ZodType<T>): Promise<T | undefined> {
    try {
      return await this.call(request, schema);
    } catch (error) {
      if (error instanceof GraphError && error.failure.status === 404) return undefined;
      throw error;
    }
  }

  async #send(request: GraphRequest): Promise<unknown> {
    let waitedMs = 0;
    for (let attempt = 0; ; attempt++) {
      const answer = await this.#once(request);
      if (answer.failure === undefined) return answer.body;
      const { identity, now, wait } = this.#options;
      const fallbackMs = FIRST_WAIT_MS * 2 ** attempt;
      const waitMs =
        answer.retryAfter === undefined
          ? fallbackMs
          : retryAfterSeconds(answer.retryAfter, now(), Math.ceil(fallbackMs / 1000)) * 1000;
      waitedMs += waitMs;
      if (!mayRepeat(request, answer.failure) || waitedMs > MOST_WAITING_MS) {
        throw new GraphError(request.what, answer.failure, adviceFor(answer.failure, request.right, identity.who));
      }
      await wait(waitMs);
    }
  }

  async #once({ method, path, query = {}, body, eventual, what }: GraphRequest): Promise<Answer> {
    const { graphUrl, identity } = this.#options;
    const search = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
    const url = `${graphUrl}/v1.0${path}${search.length === 0 ? "" : `?${search.join("&")}`}`;
    const id = randomUUID();
    try {
      const answer = await send(url, {
        method,
        headers: {
          authorization: `Bearer ${identity.token.reveal()}`,
          accept: "application/json",
          "client-request-id": id,
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...(eventual ? { ConsistencyLevel: "eventual" } : {}),
        },
        body: body === undefined ? null : JSON.stringify(body),
        signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
      });
      const text = await answer.body.text();
      const { statusCode: status, headers } = answer;
      if (status < 300) return { body: json(text), failure: undefined };
      const failure = readFailure(status, one(headers["request-id"]) ?? id, json(text));
      return { body: undefined, failure, retryAfter: one(headers["retry-after"]) };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error(`${new URL(url).host} cannot be reached to ${what}: ${reason}`, { cause: error });
    }
  }
}

type Answer =
  | { readonly body: unknown; readonly failure: undefined }
  | { readonly body: undefined; readonly failure: GraphFailure; readonly retryAfter: string | undefined };

/** A POST is repeated only when Graph says that it did nothing: it would make a second object. */
function mayRepeat({ method, fresh }: GraphRequest, { status, details, message }: GraphFailure): boolean {
  if (status === 429) return true;
  if (status === 503 || status === 504) return method !== "POST";
  if (fresh !== true) return false;
  // The code of the details is documented nowhere, and the message is what Graph has said all along.
  const noApplicationYet =
    details.includes("NoBackingApplicationObject") || message.includes("does not reference a valid application object");
  return status === 404 || (status === 400 && noApplicationYet);
}

function one(header: string | string[] | undefined): string | undefined {
  return typeof header === "string" ? header : header?.[0];
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Nothing at all (204), or not Graph's: the status, or the schema of the answer, tells the difference.
    return undefined;
  }
}
