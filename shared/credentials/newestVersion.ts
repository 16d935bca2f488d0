import type { ClientCredential } from "./clientCredential.ts";

/** The newest version of something, and how a credential is made of it. */
export interface Version {
  /** What tells it from all others. */
  readonly id: string;
  readonly credential: () => ClientCredential | Promise<ClientCredential>;
  /** Called instead where there is one of this version already: for what has to be wiped. */
  readonly unchanged?: () => void;
}

/**
 * Makes a credential once of each version: while the version stays the same, so does the object, for all that ask at
 * the same time too. What could not be made is tried again.
 */
export function newestVersion(find: () => Promise<Version>): () => Promise<ClientCredential> {
  let current: { readonly id: string; readonly credential: ClientCredential } | undefined;
  let loading: Promise<ClientCredential> | undefined;
  const load = async (): Promise<ClientCredential> => {
    const { id, credential, unchanged } = await find();
    if (current?.id === id) unchanged?.();
    else current = { id, credential: await credential() };
    return current.credential;
  };
  return () => {
    loading ??= load().finally(() => {
      loading = undefined;
    });
    return loading;
  };
}
