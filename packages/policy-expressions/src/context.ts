import type { Value } from "./model/value.ts";

/** Header fields or query parameters, each name with its values. Names are looked up without regard to case. */
export type MultiMap = ReadonlyMap<string, readonly string[]>;

/** A body. After a read without `preserveContent` it is empty. */
export interface PolicyBody {
  read(preserveContent: boolean): Uint8Array;
}

export interface PolicyRequest {
  readonly method: string;
  /** Absolute, as the gateway will forward it. */
  readonly url: string;
  /** Absolute, as the client sent it. */
  readonly originalUrl: string;
  readonly headers: MultiMap;
  readonly matchedParameters: ReadonlyMap<string, string>;
  readonly ipAddress: string;
  readonly body: PolicyBody | null;
  /** Client certificate in PEM. */
  readonly certificate: string | null;
}

export interface PolicyResponse {
  readonly statusCode: number;
  readonly statusReason: string;
  readonly headers: MultiMap;
  readonly body: PolicyBody | null;
}

export interface PolicyApi {
  readonly id: string | null;
  readonly name: string | null;
  readonly path: string | null;
  readonly protocols: readonly string[];
  readonly serviceUrl: string | null;
  readonly subscriptionKeyHeader: string;
  readonly subscriptionKeyQuery: string;
  readonly isCurrentRevision: boolean;
  readonly revision: string | null;
  readonly version: string | null;
  readonly workspace: PolicyNamed | null;
}

export interface PolicyNamed {
  readonly id: string | null;
  readonly name: string | null;
}

export interface PolicyOperation extends PolicyNamed {
  readonly method: string | null;
  readonly urlTemplate: string | null;
}

export interface PolicyProduct extends PolicyNamed {
  readonly apis: readonly PolicyApi[];
  readonly approvalRequired: boolean;
  readonly groups: readonly PolicyNamed[];
  readonly published: boolean;
  readonly subscriptionLimit: number | null;
  readonly subscriptionRequired: boolean;
}

/** Dates are milliseconds since the epoch. */
export interface PolicySubscription extends PolicyNamed {
  readonly createdDate: number | null;
  readonly startDate: number | null;
  readonly endDate: number | null;
  readonly key: string | null;
  readonly primaryKey: string | null;
  readonly secondaryKey: string | null;
}

export interface PolicyUser {
  readonly id: string | null;
  readonly email: string | null;
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly note: string | null;
  readonly groups: readonly PolicyNamed[];
  readonly identities: readonly { readonly id: string | null; readonly provider: string | null }[];
  readonly registrationDate: number | null;
}

export interface PolicyDeployment {
  readonly gateway: {
    readonly id: string | null;
    readonly instanceId: string | null;
    readonly isManaged: boolean;
  } | null;
  readonly gatewayId: string;
  readonly region: string | null;
  readonly serviceId: string | null;
  readonly serviceName: string | null;
  readonly sustainabilityInfo: string | null;
}

export interface PolicyLastError {
  readonly source: string | null;
  readonly reason: string | null;
  readonly message: string | null;
  readonly scope: string | null;
  readonly section: string | null;
  readonly path: string | null;
  readonly policyId: string | null;
}

/** What an expression sees as `context`; the gateway implements it. A part that does not exist is null. */
export interface PolicyContext {
  readonly request: PolicyRequest;
  readonly response: PolicyResponse | null;
  /** Values as `evaluate` gives them, or made with the functions of values.ts. */
  readonly variables: ReadonlyMap<string, Value>;
  readonly api: PolicyApi | null;
  readonly operation: PolicyOperation | null;
  readonly product: PolicyProduct | null;
  readonly subscription: PolicySubscription | null;
  readonly user: PolicyUser | null;
  readonly workspace: PolicyNamed | null;
  readonly deployment: PolicyDeployment | null;
  readonly lastError: PolicyLastError | null;
  /** When the request came, in ticks of 100 ns since 0001-01-01 (UTC); see `ticksOf`. */
  readonly timestampTicks: bigint;
  /** Time since then, in ticks. */
  readonly elapsedTicks: () => bigint;
  /** As 32 hexadecimal digits, with or without hyphens. */
  readonly requestId: string;
  readonly tracing: boolean;
  readonly trace: (message: string | null) => void;
}
