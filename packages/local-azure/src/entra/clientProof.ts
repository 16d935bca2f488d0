import { decodeJwt, decodeProtectedHeader } from "jose";
import type { Form } from "./form.ts";

/** How a client proves (or claims to prove) that it is the app it says. */
export type ClientProof =
  | { readonly kind: "none" }
  | { readonly kind: "secret"; readonly keyId?: string }
  | { readonly kind: "certificate"; readonly thumbprint: string }
  | { readonly kind: "federated"; readonly issuer: string; readonly subject: string }
  | { readonly kind: "unreadable" };

/** What a request presents, before anything of it is verified: for the request log. */
export function presentedProof(form: Form): ClientProof {
  const assertion = form.get("client_assertion");
  if (assertion === undefined) return { kind: form.get("client_secret") === undefined ? "none" : "secret" };
  try {
    const { iss = "", sub = "" } = decodeJwt(assertion);
    if (isFederated(iss)) return { kind: "federated", issuer: iss, subject: sub };
    const header = decodeProtectedHeader(assertion);
    return { kind: "certificate", thumbprint: String(header["x5t#S256"] ?? header.x5t ?? "") };
  } catch {
    return { kind: "unreadable" };
  }
}

/** A client that signs for itself is its own issuer (its client id); the issuer of a federated token is a URL. */
export function isFederated(issuer: string): boolean {
  return URL.canParse(issuer);
}

/** `azpacr` or `appidacr`: 0 public client, 1 secret, 2 certificate (or a federated token, which Entra ID counts so). */
export function authenticationClass(proof: ClientProof): "0" | "1" | "2" {
  if (proof.kind === "none") return "0";
  return proof.kind === "secret" ? "1" : "2";
}
