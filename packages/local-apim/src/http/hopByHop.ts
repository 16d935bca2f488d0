import type { HeaderCollection } from "./headerCollection.ts";

/** RFC 9110, 7.6.1: for one connection only; and what the sender of a message works out anew. */
const HOP_BY_HOP = [
  "connection",
  "keep-alive",
  "proxy-connection",
  "proxy-authenticate",
  "proxy-authorization",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
];

/** Drops the fields that are about the connection, and those that `Connection` names. */
export function dropHopByHop(headers: HeaderCollection): void {
  const named = (headers.joined("connection") ?? "").split(",").map((name) => name.trim());
  for (const name of [...HOP_BY_HOP, ...named]) headers.delete(name);
}
