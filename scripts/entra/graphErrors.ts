import { z } from "zod";

/** What a request needs of whoever makes it. */
export type Right = "read" | "write";

const RIGHTS: Readonly<Record<Right, string>> = {
  read:
    "Reading app registrations and service principals takes, for a user, a member account of the tenant (a guest: the " +
    "directory role Directory Readers); for a service principal, the Graph application permission Application.Read.All " +
    "or Application.ReadWrite.OwnedBy, with admin consent.",
  write:
    "Writing takes, for a user, the directory role Application Developer (enough for a new registration and for one's own), " +
    "Cloud Application Administrator or Application Administrator; for a service principal, the Graph application " +
    "permission Application.ReadWrite.OwnedBy (for registrations it owns) or Application.ReadWrite.All, with admin consent.",
};

const errorBody = z.object({
  error: z.object({
    code: z.string().default(""),
    message: z.string().default(""),
    details: z.array(z.object({ code: z.string().optional() })).nullish(),
  }),
});

/** Graph's own account of a failure (learn.microsoft.com/graph/errors). */
export interface GraphFailure {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  /** Codes of the details. */
  readonly details: readonly string[];
  readonly requestId: string | undefined;
}

/** A request that Microsoft Graph refused, or kept failing. The message says what to do where that is known. */
export class GraphError extends Error {
  override readonly name = "GraphError";
  readonly failure: GraphFailure;

  constructor(what: string, failure: GraphFailure, advice: string | undefined) {
    const { status, code, message, requestId } = failure;
    const id = requestId === undefined ? "" : ` (request-id ${requestId})`;
    super(`Microsoft Graph failed to ${what}: ${status} ${code}: ${message}${id}${advice ? `\n${advice}` : ""}`);
    this.failure = failure;
  }
}

/** Reads the body of a failure; one that is not Graph's (a proxy's, say) keeps only its status. */
export function readFailure(status: number, requestId: string | undefined, body: unknown): GraphFailure {
  const parsed = errorBody.safeParse(body);
  if (!parsed.success) return { status, code: "", message: "no error of Graph's form", details: [], requestId };
  const { code, message, details } = parsed.data.error;
  return { status, code, message, details: (details ?? []).flatMap((detail) => detail.code ?? []), requestId };
}

/** What whoever ran the script can do about it. */
export function adviceFor({ status, code }: GraphFailure, right: Right, who: string): string | undefined {
  if (status === 403 && code === "Authorization_RequestDenied") return `Signed in as ${who}. ${RIGHTS[right]}`;
  if (status === 401) return `Signed in as ${who}. Sign in again: the token was not accepted.`;
  if (status === 429 || status >= 500) return "Run the script again later: it goes on where it stopped.";
  return undefined;
}
