import { unsupported } from "../errors.ts";
import type { TypeDefinition } from "../model/definition.ts";
import { namedType, type Type } from "../model/type.ts";
import { type EqualityKey, NetObject } from "../model/value.ts";
import { notNull, raise } from "../runtime/exception.ts";
import type { OutCell } from "../runtime/objects.ts";
import { byteArray } from "./support.ts";

/** IPAddress: IPv4 with four decimal parts; other forms are refused. */
class IpAddress extends NetObject {
  readonly bytes: readonly number[];

  constructor(bytes: readonly number[]) {
    super();
    this.bytes = bytes;
  }

  override get type(): Type {
    return namedType("System.Net.IPAddress");
  }

  override toText(): string {
    return this.bytes.join(".");
  }

  override equalityKey(): EqualityKey {
    return `ip:${this.toText()}`;
  }
}

function read(text: string): IpAddress | undefined {
  const parts = text.split(".");
  if (/^[0-9.]+$/.test(text) && parts.length === 4 && parts.every((part) => /^(?:0|[1-9]\d{0,9})$/.test(part))) {
    const bytes = parts.map(Number);
    return bytes.every((part) => part < 256) ? new IpAddress(bytes) : undefined;
  }
  return /^[0-9a-fA-FxX.:%[\]/]+$/.test(text) ? unsupported(`the IP address '${text}'`) : undefined;
}

export const ipAddressTypes: readonly TypeDefinition[] = [
  {
    namespace: "System.Net",
    name: "IPAddress",
    kind: "class",
    members: {
      "static IPAddress Parse(string ipString)": (text: string | null) =>
        read(notNull(text, "ipString")) ?? raise("FormatException", "An invalid IP address was specified."),
      "static bool TryParse(string ipString, out IPAddress address)": (text: string | null, out: OutCell) => {
        out.value = (text === null ? undefined : read(text)) ?? null;
        return out.value !== null;
      },
      "byte[] GetAddressBytes()": (self: IpAddress) => byteArray(Uint8Array.from(self.bytes)),
      "string ToString()": (self: IpAddress) => self.toText(),
    },
  },
];
