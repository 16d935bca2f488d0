import type { Deployed } from "../bicep/deployment.ts";
import { text } from "../bicep/value.ts";
import { property } from "./deployments.ts";

/** learn.microsoft.com/azure/role-based-access-control/built-in-roles */
const ROLES = {
  "4633458b-17de-408a-b874-0445c86b69e6": "Key Vault Secrets User",
  "12338af0-0e69-4776-bea7-57ae8d297424": "Key Vault Crypto User",
  "db79e9a7-68ee-4b58-9aeb-b90e7c24fcba": "Key Vault Certificate User",
  "b7e6dc6d-f1e8-4753-8033-0f276bb0955b": "Storage Blob Data Owner",
  "3913510d-42f4-4e42-8a64-420c390055eb": "Monitoring Metrics Publisher",
} as const;
type RoleName = (typeof ROLES)[keyof typeof ROLES];

type VaultRole = Extract<RoleName, `Key Vault ${string}`>;

export function isVaultRole(role: RoleName): role is VaultRole {
  return role.startsWith("Key Vault ");
}

/** The name of the role that an assignment gives. @throws Error for one that nobody here knows. */
export function roleOf(assignment: Deployed): RoleName {
  const id = text(property(assignment, "roleDefinitionId")).replace(/^.*\//, "");
  const [, name] = Object.entries(ROLES).find(([known]) => known === id) ?? [];
  if (name === undefined) throw new Error(`${id} is no role that is known here.`);
  return name;
}
