import { encodePath } from "../http/pathEncoding.ts";
import type { Exchange } from "../pipeline/exchange.ts";
import { internalError } from "../pipeline/gatewayError.ts";
import type { OutgoingRequest } from "./send.ts";

/** The caller's request as the backend gets it: its own Host, and the caller's address at the end of X-Forwarded-For. */
export function outgoingRequest({ request, originalHost, hasBackend, services }: Exchange): OutgoingRequest {
  if (!hasBackend) throw internalError("BackendNotFound", "The API has no service URL, and no policy has set one.");
  const headers = request.headers.clone();
  if (headers.joined("host") === originalHost) headers.delete("host");
  const forwardedFor = [headers.joined("x-forwarded-for"), request.ipAddress].filter((value) => value !== undefined);
  headers.set("X-Forwarded-For", forwardedFor.join(", "));
  const { method, body } = request;
  const url = services.pathEncoding === "kept" ? request.url : { ...request.url, path: encodePath(request.url.path) };
  return { method, url, headers, body };
}
