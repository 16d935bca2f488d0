import type { OutgoingHttpHeaders } from "node:http";
import { type AccessModel, RBAC_ACTIONS } from "./access.ts";
import type { Principal } from "./principal.ts";
import type { Permission } from "./roles.ts";

/** A refusal as Key Vault words it (learn.microsoft.com/azure/key-vault/general/rest-error-codes). */
export class KeyVaultError extends Error {
  override readonly name = "KeyVaultError";
  readonly status: number;
  readonly code: string;
  readonly innerCode: string | undefined;
  readonly headers: OutgoingHttpHeaders;

  constructor(
    status: number,
    code: string,
    message: string,
    { innerCode, headers = {} }: { innerCode?: string; headers?: OutgoingHttpHeaders } = {},
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.innerCode = innerCode;
    this.headers = headers;
  }

  get body(): object {
    const innererror = this.innerCode === undefined ? {} : { innererror: { code: this.innerCode } };
    return { error: { code: this.code, message: this.message, ...innererror } };
  }
}

export function badParameter(message: string): KeyVaultError {
  return new KeyVaultError(400, "BadParameter", message);
}

const NOT_FOUND = { secret: "SecretNotFound", certificate: "CertificateNotFound", key: "KeyNotFound" } as const;

export function notFound(kind: keyof typeof NOT_FOUND, name: string): KeyVaultError {
  return new KeyVaultError(
    404,
    NOT_FOUND[kind],
    `A ${kind} with (name/id) ${name} was not found in this key vault. If you recently deleted this ${kind} you may be able to recover it using the correct recovery command.`,
  );
}

export function disabled(): KeyVaultError {
  const message = "Operation get is not allowed on a disabled secret.";
  return new KeyVaultError(403, "Forbidden", message, { innerCode: "SecretDisabled" });
}

export function keyDisabled(operation: string): KeyVaultError {
  const message = `Operation ${operation} is not allowed on a disabled key.`;
  return new KeyVaultError(403, "Forbidden", message, { innerCode: "KeyDisabled" });
}

/** That it is refused with 403 is documented; the wording follows that of a disabled key. */
export function keyOutsideItsTime(operation: string, early: boolean): KeyVaultError {
  const [what, innerCode] = early ? ["a not yet valid key", "KeyNotYetValid"] : ["an expired key", "KeyExpired"];
  return new KeyVaultError(403, "Forbidden", `Operation ${operation} is not allowed on ${what}.`, { innerCode });
}

export function deletedButRecoverable(name: string): KeyVaultError {
  const message = `Secret ${name} is currently in a deleted but recoverable state, and its name cannot be reused; in this state, the secret can only be recovered or purged.`;
  return new KeyVaultError(409, "Conflict", message, { innerCode: "ObjectIsDeletedButRecoverable" });
}

/** A missing permission, in the words of the model that guards the vault. */
export function forbidden(
  model: AccessModel,
  principal: Principal,
  permission: Permission,
  path: string,
): KeyVaultError {
  const caller = `appid=${principal.appId};oid=${principal.objectId};iss=${principal.issuer}`;
  const [kind, operation] = permission.split("/");
  return model === "policy"
    ? new KeyVaultError(
        403,
        "Forbidden",
        `The user, group or application '${caller}' does not have ${kind} ${operation} permission on key vault 'local;location=local'.`,
        { innerCode: "ForbiddenByPolicy" },
      )
    : new KeyVaultError(
        403,
        "Forbidden",
        `Caller is not authorized to perform action on resource.\r\nIf role assignments, deny assignments or role definitions were changed recently, please observe propagation time.\r\nCaller: ${caller}\r\nAction: '${RBAC_ACTIONS[permission]}'\r\nResource: '${path}'\r\nAssignment: (not found)\r\nVault: local;location=local\r\n`,
        { innerCode: "ForbiddenByRbac" },
      );
}

/** @param retryAfterSeconds value of `Retry-After`; undefined leaves the header out, as Key Vault often does. */
export function throttled(retryAfterSeconds: number | undefined): KeyVaultError {
  const message =
    "Request was not processed because too many requests were received. Reason: VaultRequestTypeLimitReached";
  return new KeyVaultError(429, "Throttled", message, {
    headers: retryAfterSeconds === undefined ? {} : { "retry-after": String(retryAfterSeconds) },
  });
}

export function serverFailure(status: number): KeyVaultError {
  return status === 503
    ? new KeyVaultError(503, "ServiceUnavailable", "The service is unavailable.")
    : new KeyVaultError(status, "InternalServerError", "An unexpected error occurred.");
}

/** What the real service can do and this one cannot: said aloud, so that nobody takes it for an answer of Key Vault. */
export function notImplemented(what: string): KeyVaultError {
  return new KeyVaultError(501, "NotImplemented", `The local Key Vault does not implement ${what}.`);
}
