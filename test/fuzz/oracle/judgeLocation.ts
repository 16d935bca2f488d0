import type { AnswerPlan } from "../generate/downstreamAnswers.ts";
import { APIS } from "../generate/socketCase.ts";
import type { Message } from "../wire/message.ts";
import { valuesOf } from "../wire/message.ts";
import type { SentRequest } from "../world/sentRequest.ts";
import { API_RULES } from "../world/settings.ts";
import type { Breach } from "./rules.ts";

const CLIENT_ORIGIN = "http://gateway.example";
/** Addresses as a client writes them; in others the host has a hand. */
const USUAL = /^(\/api\/downstream\/(plain|root|ruled|shaky|service))(?:\/[A-Za-z0-9\-_~,=$]+)*(?:\?.*)?$/;

/**
 * A client that follows `Location` from its own address must come where one at the downstream API would: below the base
 * URL through the gateway, elsewhere as it is.
 */
export function judgeLocations(
  fields: Message["fields"],
  plan: AnswerPlan,
  request: Message,
  { target }: SentRequest,
): Breach[] {
  const [, address, named] = USUAL.exec(target) ?? [];
  const api = APIS.find((name) => name === named);
  if (address === undefined || api === undefined) return [];
  const origin = `http://${valuesOf(request.fields, "host").join()}`;
  const inner = `${origin}${request.startLine.split(" ")[1]}`;
  const breaches: Breach[] = [];
  for (const name of ["location", "content-location"]) {
    const given = valuesOf(plan.fields, name);
    const got = valuesOf(fields, name);
    if (given.length !== got.length) {
      breaches.push({ rule: "location", seen: `${name}: ${got.join(" | ")} for ${given.join(" | ")}` });
      continue;
    }
    for (const [index, location] of given.entries()) {
      const meant = URL.parse(asSent(location), inner);
      if (meant === null) continue;
      const seen = URL.parse(got[index] ?? "", `${CLIENT_ORIGIN}${target}`);
      if (seen?.href !== clientAddress(meant, origin, API_RULES[api].basePath, address))
        breaches.push({ rule: "location", seen: `${name}: ${got[index]} (${seen?.href}) for ${location}` });
    }
  }
  return breaches;
}

function clientAddress(meant: URL, origin: string, basePath: string, address: string): string {
  const { pathname } = meant;
  const below = pathname === basePath || pathname.startsWith(`${basePath}/`);
  if (meant.origin !== origin || meant.username !== "" || !below) return meant.href;
  return `${CLIENT_ORIGIN}${address}${pathname.slice(basePath.length)}${meant.search}${meant.hash}`;
}

/** A header's octets beyond ASCII can only be meant percent-encoded. */
function asSent(location: string): string {
  return location.replace(/[\x80-\xff]/g, (octet) => `%${octet.charCodeAt(0).toString(16).toUpperCase()}`);
}
