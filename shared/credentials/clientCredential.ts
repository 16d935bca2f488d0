import { GatewayMisconfiguredError } from "../errors/errors.ts";
import type { Secret } from "../secret.ts";

/** How a token request proves that it comes from the app (RFC 6749, 2.3; RFC 7523, 2.2). */
export type ClientProof =
  | { readonly kind: "secret"; readonly secret: Secret }
  | {
      readonly kind: "assertion";
      /**
       * A signed client assertion for this token endpoint.
       * @throws CredentialLoadError when something that it takes does not answer: the credential is not wrong then.
       */
      readonly sign: (tokenEndpoint: string) => Promise<string>;
    };

/** A loaded client credential. */
export interface ClientCredential {
  /** Names it in logs: a setting, a thumbprint. Never anything secret. */
  readonly label: string;
  /** When it ends, where it says so itself (certificates do, secrets do not). */
  readonly expiresOnMs: number | undefined;
  readonly proof: ClientProof;
}

/** Where a client credential comes from: one entry of `AzureAd__ClientCredentials`. */
export interface CredentialSource {
  /** The setting, for logs: `AzureAd__ClientCredentials__0 (KeyVault)`. */
  readonly label: string;
  /** Whether a later load may give a newer version, so that it makes sense to ask again. */
  readonly canChange: boolean;
  /**
   * Loads the newest version. While that stays the same it resolves to the same object.
   * @throws CredentialLoadError
   */
  load(): Promise<ClientCredential>;
  /**
   * Loads the version before the one that `load` gave last, for when Entra ID does not know that one (yet). Undefined: there
   * is none that could be used. While it stays the same, and in use, it resolves to the same object, as `load` did once.
   * @throws CredentialLoadError
   */
  loadPrevious?(): Promise<ClientCredential | undefined>;
}

/** A credential that could not be loaded: the message says which setting, what happened, and what would cure it. */
export class CredentialLoadError extends Error {
  override readonly name = "CredentialLoadError";
}

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

/** Told what happens to the credentials, for the log and the metrics. Labels and reasons hold nothing secret. */
export interface CredentialListener {
  /** From now on this one is used, because of `reason`. */
  selected(credential: ClientCredential, reason: string): void;
  /** This version is forgotten, its key with it. */
  dropped(credential: ClientCredential, reason: string): void;
  /** Entra ID does not accept it; it is tried again after `pauseMs`. */
  rejected(credential: ClientCredential, reason: string, pauseMs: number): void;
  /** It cannot be had (loaded, signed with), and so another one is needed. The reason names the setting. */
  unavailable(reason: string): void;
  /** Whether there is a newer version is not known; what is loaded goes on. */
  pollFailed(reason: string): void;
  /** Told once per version and threshold; 0 days or less: it has ended. */
  expiring(credential: ClientCredential, daysLeft: number): void;
}
