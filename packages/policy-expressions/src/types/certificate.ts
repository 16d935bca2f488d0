import { X509Certificate } from "node:crypto";
import { unsupported } from "../errors.ts";
import type { MemberTable, TypeDefinition } from "../model/definition.ts";
import { namedType, type Type } from "../model/type.ts";
import { NetObject } from "../model/value.ts";
import { DateTime } from "../runtime/time.ts";
import { byteArray } from "./support.ts";

const NAMESPACE = "System.Security.Cryptography.X509Certificates";

class Certificate extends NetObject {
  readonly x509: X509Certificate;

  constructor(x509: X509Certificate) {
    super();
    this.x509 = x509;
  }

  override get type(): Type {
    return namedType(`${NAMESPACE}.X509Certificate2`);
  }

  override toText(): string {
    return unsupported("the text of a certificate");
  }
}

export function certificateFromPem(pem: string): Certificate {
  return new Certificate(new X509Certificate(pem));
}

// Node lists the parts line by line in the certificate's order; .NET lists them last first, separated by commas.
function distinguishedName(name: string): string {
  const parts = name.split("\n");
  if (parts.some((part) => !/^(?:CN|O|OU|C|L|ST)=[^",+<>;=#\\]*$/.test(part) || /=\s|\s$/.test(part)))
    return unsupported("this distinguished name");
  return parts
    .reverse()
    .map((part) => part.replace(/^ST=/, "S="))
    .join(", ");
}

const date = (text: string): DateTime => DateTime.fromMilliseconds(Date.parse(text), "Local");

const members: MemberTable = {
  "string Thumbprint": (self: Certificate) => self.x509.fingerprint.replaceAll(":", ""),
  "string Subject": (self: Certificate) => distinguishedName(self.x509.subject),
  "string Issuer": (self: Certificate) => distinguishedName(self.x509.issuer),
  "string SerialNumber": (self: Certificate) => self.x509.serialNumber,
  "DateTime NotBefore": (self: Certificate) => date(self.x509.validFrom),
  "DateTime NotAfter": (self: Certificate) => date(self.x509.validTo),
  "byte[] RawData": (self: Certificate) => byteArray(self.x509.raw),
  "string GetCertHashString()": (self: Certificate) => self.x509.fingerprint.replaceAll(":", ""),
  "string GetSerialNumberString()": (self: Certificate) => self.x509.serialNumber,
  "bool Verify()": "refused",
};

export const certificateTypes: readonly TypeDefinition[] = [
  { namespace: NAMESPACE, name: "X509Certificate", kind: "class" },
  { namespace: NAMESPACE, name: "X509Certificate2", kind: "class", base: "X509Certificate", members },
];
