import { BlockList, isIP } from "node:net";
import { ElementReader } from "../compile/elementReader.ts";
import type { PolicyDefinition } from "../compile/policyDefinition.ts";
import type { Source } from "../compile/source.ts";
import type { Exchange } from "../pipeline/exchange.ts";
import { GatewayError, internalError } from "../pipeline/gatewayError.ts";

/** Adds an address, or a range, to a list. */
type Entry = (exchange: Exchange, list: BlockList) => Promise<void>;

export const ipFilter: PolicyDefinition = {
  name: "ip-filter",
  sections: ["inbound"],
  compile(reader) {
    reader.required("action");
    const action = reader.oneOf("action", ["allow", "forbid"]);
    const addresses = reader.childTexts("address").map((address) => addressEntry(address));
    const ranges = reader
      .children("address-range")
      .map((child) => rangeEntry(new ElementReader(child, reader.context)));
    const entries = [...addresses, ...ranges];
    if (entries.length === 0) reader.refuse("it has no <address> and no <address-range>");
    return async (exchange, note) => {
      const { ipAddress } = exchange.request;
      const list = new BlockList();
      for (const entry of entries) await entry(exchange, list);
      const listed = list.check(ipAddress, family(ipAddress));
      note.effect = `${ipAddress} is ${listed ? "" : "not "}listed`;
      if (action === "allow" && !listed) {
        throw denied("CallerIpNotAllowed", `Caller IP address ${ipAddress} is not allowed. Access denied.`);
      }
      if (action === "forbid" && listed)
        throw denied("CallerIpBlocked", "Caller IP address is blocked. Access denied.");
      return "next";
    };
  },
};

function denied(reason: string, message: string): GatewayError {
  return new GatewayError({ reason, message, status: 403 });
}

function addressEntry(source: Source<string>): Entry {
  return async (exchange, list) => {
    const address = await read(source, exchange);
    list.addAddress(address, family(address));
  };
}

function rangeEntry(reader: ElementReader): Entry {
  const from = reader.requiredText("from");
  const to = reader.requiredText("to");
  reader.done();
  return async (exchange, list) => {
    const [first, last] = [await read(from, exchange), await read(to, exchange)];
    list.addRange(first, last, family(first));
  };
}

async function read(source: Source<string>, exchange: Exchange): Promise<string> {
  const address = (await source(exchange)).trim();
  if (isIP(address) === 0) throw internalError("InvalidConfiguration", `'${address}' is no IP address.`);
  return address;
}

function family(address: string): "ipv4" | "ipv6" {
  return isIP(address) === 6 ? "ipv6" : "ipv4";
}
