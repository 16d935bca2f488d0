import type { CredentialUse } from "../credentials/credentialStatus.ts";

/** One dependency: what is well, or in a word or two what is not. Seen by anyone, so it names nothing. */
export interface Check {
  readonly ok: boolean;
  readonly detail?: string;
  /** Whole days until the client credential in use ends; absent where it says nothing about that. */
  readonly daysToExpiry?: number;
  /** Where there are several: each, in the order of preference. */
  readonly credentials?: readonly CredentialCheck[];
}

export interface CredentialCheck {
  readonly use: CredentialUse;
  readonly daysToExpiry?: number;
}
