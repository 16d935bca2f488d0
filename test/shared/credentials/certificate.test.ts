import { describe, expect, it } from "vitest";
import { checkKey } from "../../../shared/credentials/certificate.ts";

describe("checkKey", () => {
  const rsa = (modulusLength: number) => ({
    asymmetricKeyType: "rsa" as const,
    asymmetricKeyDetails: { modulusLength },
  });

  it.each([2_048, 3_072, 4_096])("takes RSA with %i bits", (bits) => {
    expect(() => checkKey(rsa(bits))).not.toThrow();
  });

  it.each([512, 2_047, 4_097, 16_384])("refuses RSA with %i bits", (bits) => {
    expect(() => checkKey(rsa(bits))).toThrow(`its key must be RSA with 2048 to 4096 bits, and has ${bits} bits`);
  });

  it("refuses other keys", () => {
    const modulusLength = 2_048;
    expect(() => checkKey({ asymmetricKeyType: "rsa-pss", asymmetricKeyDetails: { modulusLength } })).toThrow(
      "its key must be RSA with 2048 to 4096 bits, and is of the type rsa-pss",
    );
  });
});
