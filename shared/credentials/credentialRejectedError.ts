import { GatewayMisconfiguredError } from "../errors/gatewayMisconfiguredError.ts";

export interface RejectionTraits {
  /**
   * Whether the answer is about the credential beyond doubt. Where it is not, the next credential is tried too, but this
   * one is only held to be bad once another one works: one user's trouble must not take it away from all.
   */
  readonly certain: boolean;
  /** Whether a newer version could cure it. It could not when a clock is wrong. */
  readonly newerMayCure: boolean;
}

/** Entra ID's answer to an exchange rejected the client credential (RFC 6749, 5.2: `invalid_client`), not the user. */
export class CredentialRejectedError extends GatewayMisconfiguredError {
  readonly traits: RejectionTraits;

  /** @param diagnosis what Entra ID said and how to cure it, for the log alone. */
  constructor(diagnosis: string, traits: RejectionTraits) {
    super(diagnosis);
    this.traits = traits;
  }
}
