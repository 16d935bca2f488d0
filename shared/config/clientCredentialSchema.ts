import * as z from "zod/mini";
import { Secret } from "../secret.ts";
import type { ClientCredentialSettings } from "./settings.ts";
import { flag, guid, secret, text, url } from "./values.ts";

const NO_PASSWORD = new Secret("");
const certificatePassword = z._default(secret("the password of the PKCS#12 file"), NO_PASSWORD);
const sendX5C = z._default(flag(), false);

const clientSecret = z.pipe(
  z.strictObject({
    SourceType: z.literal("ClientSecret"),
    ClientSecret: secret("the client secret's value (not its id)"),
  }),
  z.transform((from) => ({ sourceType: from.SourceType, clientSecret: from.ClientSecret })),
);

const keyVault = z.pipe(
  z.strictObject({
    SourceType: z.literal("KeyVault"),
    KeyVaultUrl: url("the vault's URL, like https://contoso.vault.azure.net"),
    KeyVaultCertificateName: text("the name of a certificate in the vault"),
    ManagedIdentityClientId: z.optional(guid("the client id (GUID) of a user-assigned managed identity")),
    SendX5C: sendX5C,
  }),
  z.transform((from) => ({
    sourceType: from.SourceType,
    keyVaultUrl: from.KeyVaultUrl.href,
    certificateName: from.KeyVaultCertificateName,
    managedIdentityClientId: from.ManagedIdentityClientId,
    sendX5C: from.SendX5C,
  })),
);

const path = z.pipe(
  z.strictObject({
    SourceType: z.literal("Path"),
    CertificateDiskPath: text("the path of a .pfx or .pem file"),
    CertificatePassword: certificatePassword,
    SendX5C: sendX5C,
  }),
  z.transform((from) => ({
    sourceType: from.SourceType,
    path: from.CertificateDiskPath,
    password: from.CertificatePassword,
    sendX5C: from.SendX5C,
  })),
);

const base64Encoded = z.pipe(
  z.strictObject({
    SourceType: z.literal("Base64Encoded"),
    Base64EncodedValue: secret("a PKCS#12 or PEM file in base64"),
    CertificatePassword: certificatePassword,
    SendX5C: sendX5C,
  }),
  z.transform((from) => ({
    sourceType: from.SourceType,
    value: from.Base64EncodedValue,
    password: from.CertificatePassword,
    sendX5C: from.SendX5C,
  })),
);

/** `AzureAd__ClientCredentials__n`: one way for the app to prove itself, by its SourceType. */
export const clientCredentialSchema: z.ZodMiniType<ClientCredentialSettings, unknown> = z.discriminatedUnion(
  "SourceType",
  [clientSecret, keyVault, path, base64Encoded],
  { error: "one of ClientSecret, KeyVault, Path, Base64Encoded" },
);
