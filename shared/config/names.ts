/** The sections this app reads. All else in the environment belongs to others. */
export const SECTIONS = ["AzureAd", "DownstreamApis"] as const;

/** Every name below the sections, in its canonical spelling. Case does not matter in settings, as in .NET. */
export const KNOWN_NAMES = [
  "Instance",
  "TenantId",
  "ClientId",
  "Audience",
  "Audiences",
  "Scopes",
  "AllowedTenants",
  "AllowedClientApplications",
  "ClientCapabilities",
  "ClientCredentials",
  "RequestTimeoutSeconds",
  "SourceType",
  "ClientSecret",
  "KeyVaultUrl",
  "KeyVaultCertificateName",
  "ManagedIdentityClientId",
  "CertificateDiskPath",
  "CertificatePassword",
  "Base64EncodedValue",
  "SendX5C",
  "BaseUrl",
  "ConnectTimeoutSeconds",
  "ResponseTimeoutSeconds",
  "IdleTimeoutSeconds",
  "TotalTimeoutSeconds",
] as const;
