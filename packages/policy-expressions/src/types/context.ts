import type { PolicyApi, PolicyDeployment, PolicyProduct, PolicySubscription, PolicyUser } from "../context.ts";
import { unsupported } from "../errors.ts";
import type { MemberTable, TypeDefinition } from "../model/definition.ts";
import { namedType, OBJECT, STRING } from "../model/type.ts";
import type { Value } from "../model/value.ts";
import { Guid } from "../runtime/guid.ts";
import { EnumValue } from "../runtime/objects.ts";
import { NetDictionary } from "../runtime/table.ts";
import { DateTime, TimeSpan } from "../runtime/time.ts";
import { urlSurface } from "./message.ts";
import { stringArray } from "./support.ts";
import { type ContextValue, dateOf, SURFACE, type Surface, surface, surfaces } from "./surface.ts";

const entry = (name: string, members: MemberTable, interfaces: readonly string[] = []): TypeDefinition => ({
  namespace: SURFACE,
  name,
  kind: "interface",
  interfaces,
  members,
});

/** Text members of a surface type, read from the field of the same name in camelCase. */
function texts(...names: readonly string[]): MemberTable {
  return Object.fromEntries(
    names.map((name) => [
      `string ${name}`,
      (self: Surface<Readonly<Record<string, Value>>>) =>
        self.data[name.charAt(0).toLowerCase() + name.slice(1)] ?? null,
    ]),
  );
}

function variables(self: ContextValue): NetDictionary {
  const made = new NetDictionary([STRING, OBJECT]);
  for (const [name, value] of self.data.variables) made.slots.set(name, value);
  return made;
}

const contextMembers: MemberTable = {
  "IContextApi Api": (self: ContextValue) => surface("IContextApi", self.data.api),
  "IDeployment Deployment": (self: ContextValue) => surface("IDeployment", self.data.deployment),
  "TimeSpan Elapsed": (self: ContextValue) => new TimeSpan(self.data.elapsedTicks()),
  // The gateway resolves no GraphQL fields.
  "IGraphQL GraphQL": (_self: ContextValue) => null,
  "ILastError LastError": (self: ContextValue) => surface("ILastError", self.data.lastError),
  "IOperation Operation": (self: ContextValue) => surface("IOperation", self.data.operation),
  "IProduct Product": (self: ContextValue) => surface("IProduct", self.data.product),
  "IRequest Request": (self: ContextValue) => surface("IRequest", self.data.request),
  "Guid RequestId": (self: ContextValue) =>
    Guid.read(self.data.requestId) ?? unsupported("a request id that is no GUID"),
  "IResponse Response": (self: ContextValue) => surface("IResponse", self.data.response),
  "ISubscription Subscription": (self: ContextValue) => surface("ISubscription", self.data.subscription),
  "DateTime Timestamp": (self: ContextValue) => new DateTime(self.data.timestampTicks, "Utc"),
  "bool Tracing": (self: ContextValue) => self.data.tracing,
  "IUser User": (self: ContextValue) => surface("IUser", self.data.user),
  "IReadOnlyDictionary<string, object> Variables": variables,
  "IWorkspace Workspace": (self: ContextValue) => surface("IWorkspace", self.data.workspace),
  "void Trace(string message)": (self: ContextValue, message: string | null) => self.data.trace(message),
};

const apiMembers: MemberTable = {
  ...texts("Id", "Name", "Path"),
  "IEnumerable<string> Protocols": (self: Surface<PolicyApi>) => stringArray(self.data.protocols),
  "IUrl ServiceUrl": (self: Surface<PolicyApi>) =>
    self.data.serviceUrl === null ? null : urlSurface(self.data.serviceUrl),
  "ISubscriptionKeyParameterNames SubscriptionKeyParameterNames": (self: Surface<PolicyApi>) =>
    surface("ISubscriptionKeyParameterNames", {
      header: self.data.subscriptionKeyHeader,
      query: self.data.subscriptionKeyQuery,
    }),
};

const PRODUCT_STATE = {
  type: namedType(`${SURFACE}.ProductState`),
  values: { NotPublished: 0, Published: 1 },
  flags: false,
};

const productMembers: MemberTable = {
  ...texts("Id", "Name"),
  "IEnumerable<IApi> Apis": (self: Surface<PolicyProduct>) => surfaces("IContextApi", self.data.apis),
  "bool ApprovalRequired": (self: Surface<PolicyProduct>) => self.data.approvalRequired,
  "IEnumerable<IGroup> Groups": (self: Surface<PolicyProduct>) => surfaces("IGroup", self.data.groups),
  "ProductState State": (self: Surface<PolicyProduct>) => new EnumValue(PRODUCT_STATE, self.data.published ? 1 : 0),
  "int? SubscriptionLimit": (self: Surface<PolicyProduct>) => self.data.subscriptionLimit,
  "bool SubscriptionRequired": (self: Surface<PolicyProduct>) => self.data.subscriptionRequired,
  "IWorkspace Workspace": (_self: Surface<PolicyProduct>) => null,
};

const userMembers: MemberTable = {
  ...texts("Email", "FirstName", "Id", "LastName", "Note"),
  "IEnumerable<IGroup> Groups": (self: Surface<PolicyUser>) => surfaces("IGroup", self.data.groups),
  "IEnumerable<IUserIdentity> Identities": (self: Surface<PolicyUser>) =>
    surfaces("IUserIdentity", self.data.identities),
  "DateTime RegistrationDate": (self: Surface<PolicyUser>) => dateOf(self.data.registrationDate) ?? DateTime.MINIMUM,
};

const subscriptionMembers: MemberTable = {
  ...texts("Id", "Key", "Name", "PrimaryKey", "SecondaryKey"),
  "DateTime CreatedDate": (self: Surface<PolicySubscription>) => dateOf(self.data.createdDate) ?? DateTime.MINIMUM,
  "DateTime? EndDate": (self: Surface<PolicySubscription>) => dateOf(self.data.endDate),
  "DateTime? StartDate": (self: Surface<PolicySubscription>) => dateOf(self.data.startDate),
};

export const contextTypes: readonly TypeDefinition[] = [
  entry("IProxyRequestContext", contextMembers),
  entry("IGraphQL", {}),
  entry("IApi", apiMembers),
  entry(
    "IContextApi",
    {
      ...texts("Revision", "Version"),
      "bool IsCurrentRevision": (self: Surface<PolicyApi>) => self.data.isCurrentRevision,
      "IWorkspace Workspace": (self: Surface<PolicyApi>) => surface("IWorkspace", self.data.workspace),
    },
    ["IApi"],
  ),
  entry("IDeployment", {
    ...texts("GatewayId", "Region", "ServiceId", "ServiceName", "SustainabilityInfo"),
    "IGateway Gateway": (self: Surface<PolicyDeployment>) => surface("IGateway", self.data.gateway),
    "IReadOnlyDictionary<string, X509Certificate2> Certificates": (_self: Surface<PolicyDeployment>) =>
      new NetDictionary([STRING, namedType("System.Security.Cryptography.X509Certificates.X509Certificate2")]),
  }),
  entry("IGateway", {
    ...texts("Id", "InstanceId"),
    "bool IsManaged": (self: Surface<{ isManaged: boolean }>) => self.data.isManaged,
  }),
  entry("IWorkspace", texts("Id", "Name")),
  entry("IGroup", texts("Id", "Name")),
  entry("IUserIdentity", texts("Id", "Provider")),
  entry("ISubscriptionKeyParameterNames", texts("Header", "Query")),
  entry("ILastError", texts("Source", "Reason", "Message", "Scope", "Section", "Path", "PolicyId")),
  entry("IOperation", texts("Id", "Method", "Name", "UrlTemplate")),
  entry("IProduct", productMembers),
  { namespace: SURFACE, name: "ProductState", kind: "enum", values: PRODUCT_STATE.values },
  entry("ISubscription", subscriptionMembers),
  entry("IUser", userMembers),
];
