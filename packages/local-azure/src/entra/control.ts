import type { IncomingMessage } from "node:http";
import { z } from "zod";
import { type ControlCall, ControlError, type ControlRoute } from "../control/route.ts";
import type { Answer } from "./answer.ts";
import type { Context } from "./context.ts";
import { faultSchema } from "./faultSchema.ts";
import type { Faults } from "./faults.ts";
import { readBody } from "./form.ts";
import { issueUserToken } from "./issueUserToken.ts";

/** Which app the users of `/local/token` sign in to, and for what. */
export interface LocalSignIn {
  readonly client: string;
  readonly scope: string;
}

/** What control takes besides the request. */
export interface Controlled {
  readonly context: Context;
  readonly faults: Faults;
  readonly signIn: LocalSignIn | undefined;
  /** The rest of what can be changed while it runs: of Entra ID and of all around it. */
  readonly controls: readonly ControlRoute[];
}

/** What Entra ID does not have: `/local/...`, by which scripts get a token A, plan faults, and change credentials. */
export async function handleControl(
  { context, faults, signIn, controls }: Controlled,
  request: IncomingMessage,
  url: URL,
  answer: Answer,
): Promise<void> {
  const isRead = request.method === "GET" || request.method === "HEAD";
  if (url.pathname === "/local/token" && isRead) return answerToken(context, signIn, url.searchParams, answer);
  if (url.pathname === "/local/users" && isRead) return answer.json(200, listUsers(context));
  if (url.pathname === "/local/faults") {
    if (isRead) return answer.json(200, faults.planned);
    if (request.method === "PUT") return planFaults(faults, request, answer);
    if (request.method === "DELETE") {
      faults.clear();
      return answer.json(200, faults.planned);
    }
  }
  const found = await answerByRoute(controls, request, url);
  if (found !== undefined) return answer.json(found.status, found.body);
  const own = "GET /local/token?user=NAME; GET /local/users; GET, PUT, DELETE /local/faults";
  answer.json(404, { error: `There is ${[own, ...controls.map(({ usage }) => usage)].join("; ")}.` });
}

async function answerByRoute(controls: readonly ControlRoute[], request: IncomingMessage, url: URL) {
  try {
    const call = controlCall(request, url);
    for (const control of controls) {
      const answer = await control.answer(call);
      if (answer !== undefined) return answer;
    }
    return undefined;
  } catch (error) {
    if (error instanceof ControlError) return { status: error.status, body: { error: error.message } };
    if (error instanceof URIError) return { status: 400, body: { error: "The path is not well encoded." } };
    throw error;
  }
}

function controlCall(request: IncomingMessage, url: URL): ControlCall {
  const text = (): Promise<string> => readBody(request);
  return {
    method: request.method ?? "",
    segments: url.pathname.split("/").slice(2).map(decodeURIComponent),
    query: url.searchParams,
    text,
    async json() {
      const body = parseJson(await text());
      if (body === undefined) throw new ControlError(400, "The body is not JSON.");
      return body;
    },
  };
}

async function answerToken(
  context: Context,
  signIn: LocalSignIn | undefined,
  query: URLSearchParams,
  answer: Answer,
): Promise<void> {
  const user = query.get("user");
  if (signIn === undefined) return answer.json(404, { error: "No app is configured for users to sign in to." });
  if (user === null) return answer.json(400, { error: "Which user? Ask for /local/token?user=NAME." });
  const claims = query.get("claims") ?? undefined;
  return answer.text(200, "text/plain", await issueUserToken(context, { ...signIn, user, claims }));
}

function listUsers({ directory }: Context): object {
  return directory.users.map(({ userPrincipalName, displayName, oid, tenantId, enabled }) => ({
    userPrincipalName,
    displayName,
    oid,
    tenantId,
    enabled,
  }));
}

/** Takes one fault or a list, and puts them in place of all planned before. */
async function planFaults(faults: Faults, request: IncomingMessage, answer: Answer): Promise<void> {
  const parsed = z
    .union([faultSchema.transform((fault) => [fault]), z.array(faultSchema)])
    .safeParse(parseJson(await readBody(request)));
  if (!parsed.success) return answer.json(400, { error: z.prettifyError(parsed.error) });
  faults.clear();
  for (const fault of parsed.data) faults.add(fault);
  answer.json(200, faults.planned);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON is not a fault either: the schema refuses it, and says what one looks like.
    return undefined;
  }
}
