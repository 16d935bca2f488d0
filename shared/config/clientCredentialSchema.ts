import * as z from "zod/mini";
import { Secret, SecretBytes } from "../secret.ts";
import type { ClientCredentialSettings } from "./settings.ts";
import { flag, guid, secret, setting, text, url } from "./values.ts";

const NO_PASSWORD = new Secret("");
const certificatePassword = z._default(secret("the password of the PKCS#12 file"), NO_PASSWORD);
const sendX5C = z._default(flag(), false);
const vaultUrl = url("the vault's URL, like https://contoso.vault.azure.net");
const managedIdentity = guid("the client id (GUID) of a user-assigned managed identity");

const clientSecret = z.pipe(
  z.strictObject({
    SourceType: z.literal("ClientSecret"),
    ClientSecret: z.optional(secret("the client secret's value (not its id)")),
    KeyVaultUrl: z.optional(vaultUrl),
    KeyVaultSecretName: z.optional(text("the name of a secret in the vault that holds the client secret's value")),
    ManagedIdentityClientId: z.optional(managedIdentity),
  }),
  z.transform((from, context): ClientCredentialSettings => {
    const { SourceType: sourceType, ClientSecret, KeyVaultUrl: vault, KeyVaultSecretName: secretName } = from;
    if (ClientSecret !== undefined && vault === undefined && secretName === undefined) {
      return { sourceType, clientSecret: ClientSecret };
    }
    if (ClientSecret === undefined && vault !== undefined && secretName !== undefined) {
      const managedIdentityClientId = from.ManagedIdentityClientId;
      return { sourceType, keyVaultUrl: vault.href, secretName, managedIdentityClientId };
    }
    const expected = "either the client secret's value (not its id), or __KeyVaultUrl and __KeyVaultSecretName";
    context.issues.push({ code: "custom", path: ["ClientSecret"], message: expected, input: from });
    return z.NEVER;
  }),
);

const inVault = {
  KeyVaultUrl: vaultUrl,
  KeyVaultCertificateName: text("the name of a certificate in the vault"),
  ManagedIdentityClientId: z.optional(managedIdentity),
  SendX5C: sendX5C,
};

const keyVault = z.pipe(
  z.strictObject({ SourceType: z.literal("KeyVault"), ...inVault }),
  z.transform((from) => certificateInVault(from)),
);

const signedByVault = z.pipe(
  z.strictObject({ SourceType: z.literal("SignedAssertionFromVault"), ...inVault }),
  z.transform((from) => certificateInVault(from)),
);

interface CertificateInVault<Kind> {
  readonly SourceType: Kind;
  readonly KeyVaultUrl: URL;
  readonly KeyVaultCertificateName: string;
  readonly ManagedIdentityClientId?: string | undefined;
  readonly SendX5C: boolean;
}

function certificateInVault<Kind>(from: CertificateInVault<Kind>) {
  return {
    sourceType: from.SourceType,
    keyVaultUrl: from.KeyVaultUrl.href,
    certificateName: from.KeyVaultCertificateName,
    managedIdentityClientId: from.ManagedIdentityClientId,
    sendX5C: from.SendX5C,
  };
}

const signedByManagedIdentity = z.pipe(
  z.strictObject({
    SourceType: z.literal("SignedAssertionFromManagedIdentity"),
    ManagedIdentityClientId: managedIdentity,
    TokenExchangeUrl: z.optional(
      setting("the audience of the federated credential, like api://AzureADTokenExchange", (value) =>
        /^(api|https):\/\/[^\s?#]+$/i.test(value) ? value.replace(/\/+$/, "") : undefined,
      ),
    ),
  }),
  z.transform((from) => ({
    sourceType: from.SourceType,
    managedIdentityClientId: from.ManagedIdentityClientId,
    tokenExchangeUrl: from.TokenExchangeUrl,
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
    Base64EncodedValue: setting("a PKCS#12 or PEM file in base64", (value) =>
      value === "" ? undefined : new SecretBytes(Buffer.from(value, "base64")),
    ),
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
  [clientSecret, keyVault, signedByVault, signedByManagedIdentity, path, base64Encoded],
  {
    error:
      "one of SignedAssertionFromManagedIdentity, SignedAssertionFromVault, KeyVault, ClientSecret, Path, Base64Encoded",
  },
);
