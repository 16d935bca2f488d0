// What is used to sign in to Redis with Entra ID, imported when needed as redisClient.ts is. Not the packages' indexes: that
// of @redis/entraid loads MSAL, in another version than ours, which this way in does not use.
export { TokenManager } from "@redis/client/dist/lib/authx/index.js";
export { AzureIdentityProvider } from "@redis/entraid/dist/lib/azure-identity-provider.js";
export { EntraidCredentialsProvider } from "@redis/entraid/dist/lib/entraid-credentials-provider.js";
