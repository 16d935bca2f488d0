import * as z from "zod/mini";
import { B64_TOKEN } from "../http/b64Token.ts";

/** RFC 6749, 5.1. What MSAL needs and no more: a refresh token is not even passed on, let alone kept. */
const success = z.object({
  token_type: z.string().check(z.regex(/^bearer$/i)),
  access_token: z.string().check(z.regex(B64_TOKEN)),
  expires_in: z.coerce.number().check(z.positive()),
  ext_expires_in: z.optional(z.coerce.number()),
  scope: z.optional(z.string()),
});

/** Members of another form than documented are not worth losing the error for. */
const perhaps = z.catch(z.optional(z.string()), undefined);

/** RFC 6749, 5.2, and "Handle errors: token endpoint" of the Microsoft identity platform. */
const failure = z.object({
  error: z.string().check(z.minLength(1)),
  error_codes: z.catch(z.array(z.number()), []),
  suberror: perhaps,
  timestamp: perhaps,
  trace_id: perhaps,
  claims: perhaps,
});

export type TokenSuccessAnswer = z.infer<typeof success>;
export type TokenErrorAnswer = z.infer<typeof failure>;

export type TokenAnswer =
  | { readonly kind: "token"; readonly answer: TokenSuccessAnswer }
  | { readonly kind: "error"; readonly answer: TokenErrorAnswer }
  | { readonly kind: "garbled"; readonly reason: string };

/** Reads the token endpoint's answer. Its text goes into no message: it may hold a token. */
export function tokenAnswer(status: number, body: string): TokenAnswer {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    return { kind: "garbled", reason: `HTTP ${status} with ${body.length} characters that are not JSON` };
  }
  const expected = status === 200 ? success : failure;
  const parsed = expected.safeParse(json);
  if (!parsed.success) {
    const wrong = parsed.error.issues.map(({ path }) => path.join(".") || "the whole").join(", ");
    return { kind: "garbled", reason: `HTTP ${status} with members missing or wrong: ${wrong}` };
  }
  return "error" in parsed.data ? { kind: "error", answer: parsed.data } : { kind: "token", answer: parsed.data };
}
