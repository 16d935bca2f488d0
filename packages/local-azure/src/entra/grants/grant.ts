import type { ClaimsRequest } from "../claimsRequest.ts";
import type { ClientProof } from "../clientProof.ts";
import type { Context } from "../context.ts";
import type { AppRegistration } from "../directory.ts";
import type { Form } from "../form.ts";
import type { Realm } from "../realm.ts";

/** A token request whose client is known. */
export interface GrantRequest {
  readonly realm: Realm;
  readonly form: Form;
  readonly client: AppRegistration;
  readonly proof: ClientProof;
  readonly claims: ClaimsRequest;
}

/** Answers a token request of one grant type with the body of the response, or throws a Refusal. */
export type Grant = (context: Context, request: GrantRequest) => Promise<object>;
