import { describe, expect, it } from "vitest";
import { HIDDEN, load, mistakes } from "./environment.ts";

const SECRET = "hunter2-of-a-misspelt-setting";

/** Names that this app's process may really have, by whose they are: Microsoft's references, and where one is named, that. */
const OTHERS: Readonly<Record<string, string>> = {
  "Functions host":
    "AzureWebJobsStorage AzureWebJobsStorage__accountName AzureWebJobsStorage__clientId AzureWebJobsStorage__credential AzureWebJobsStorage__blobServiceUri AzureWebJobsDashboard AzureWebJobsDisableHomepage AzureWebJobsDotNetReleaseCompilation AzureWebJobsFeatureFlags AzureWebJobsSecretStorageType AzureWebJobsSecretStorageKeyVaultUri AzureWebJobsSecretStorageKeyVaultClientId AzureWebJobs_TypeScriptPath AzureWebJobs.health.Disabled AzureWebJobs__downstream__Disabled AzureFunctionsJobHost__logging__logLevel__default AzureFunctionsJobHost__extensions__http__routePrefix AzureFunctionsWebHost__hostid AZURE_FUNCTIONS_ENVIRONMENT AZURE_FUNCTION_PROXY_DISABLE_LOCAL_CALL FUNCTION_APP_EDIT_MODE FUNCTIONS_EXTENSION_VERSION FUNCTIONS_WORKER_RUNTIME FUNCTIONS_WORKER_PROCESS_COUNT FUNCTIONS_V2_COMPATIBILITY_MODE FUNCTIONS_REQUEST_BODY_SIZE_LIMIT FUNCTIONS_NODE_BLOCK_ON_ENTRY_POINT_ERROR FUNCTIONS_APPLICATION_DIRECTORY FUNCTIONS_LOGS_MOUNT_PATH languageWorkers__node__arguments languageWorkers:node:workerDirectory SCALE_CONTROLLER_LOGGING_ENABLED DEPLOYMENT_STORAGE_CONNECTION_STRING",
  "App Service":
    "WEBSITE_SITE_NAME WEBSITE_RESOURCE_GROUP WEBSITE_OWNER_NAME WEBSITE_HOSTNAME WEBSITE_INSTANCE_ID WEBSITE_AUTH_ENABLED WEBSITE_AUTH_AAD_ALLOWED_TENANTS WEBSITE_AUTH_OPENID_ISSUER WEBSITE_AUTH_CLIENT_ID WEBSITE_CONTENTSHARE WEBSITE_RUN_FROM_PACKAGE WEBSITE_TIME_ZONE WEBSITE_NODE_DEFAULT_VERSION WEBSITE_NPM_DEFAULT_VERSION WEBSITES_CONTAINER_START_TIME_LIMIT WEBSOCKET_CONCURRENT_REQUEST_LIMIT REGION_NAME SERVER_PORT SITE_BITNESS REMOTEDEBUGGINGVERSION MAINSITE_x SCMSITE_x SCM_BUILD_ARGS SCM_DO_BUILD_DURING_DEPLOYMENT MSDEPLOY_RENAME_LOCKED_FILES DEPLOYMENT_BRANCH SQLCONNSTR_main SQLAZURECONNSTR_main POSTGRESQLCONNSTR_main CUSTOMCONNSTR_Gateway CUSTOMCONNSTR_TokenCache__Redis__Url MYSQLCONNSTR_main AZUREFILESSTORAGE_x AZUREBLOBSTORAGE_x NOTIFICATIONHUBCONNSTR_x SERVICEBUSCONNSTR_x EVENTHUBCONNSTR_x DOCDBCONNSTR_x REDISCACHECONNSTR_TokenCache FILESHARESTORAGE_x ORYX_ENV_TYPE PRE_BUILD_COMMAND POST_BUILD_COMMAND ENABLE_ORYX_BUILD DIAGNOSTIC_LOGS_MOUNT_PATH PLATFORM_VERSION",
  "copies that App Service makes":
    "APPSETTING_AzureAd__TenantId APPSETTING_Gateway__Authentication APPSETTING_DownstreamApis__graph__AllowedMethods APPSETTING_Gatway__Authentication APPSETTING_WEBSITE_SITE_NAME APPSETTING_TokenCache__Redis__Url",
  identities:
    "IDENTITY_ENDPOINT IDENTITY_HEADER IDENTITY_SERVER_THUMBPRINT MSI_ENDPOINT MSI_SECRET AZURE_CLIENT_ID AZURE_TENANT_ID AZURE_CLIENT_SECRET AZURE_AUTHORITY_HOST AZURE_FEDERATED_TOKEN_FILE AZURE_CLIENT_CERTIFICATE_PATH AZURE_SUBSCRIPTION_ID AZURE_CONFIG_DIR AZURE_ENV_NAME AZURE_LOCATION AZURE_AD_TENANT_ID AZURE_AD_CLIENT_ID AZUREAD_TENANT_ID AZUREAD_TENANTID AZUREAD_CLIENTID AUTH_AZURE_AD_ID ARM_TENANT_ID ARM_CLIENT_ID AzureAdB2C__TenantId AzureADB2C__Instance Azure__SignalR__ConnectionString Azure__KeyVault__Url Azure__TenantId AzureAI__Endpoint AzureOpenAI__Endpoint AzureSignalRConnectionString AzureAppConfiguration__Endpoint AzureAppConfiguration:Endpoint",
  telemetry:
    "APPINSIGHTS_INSTRUMENTATIONKEY APPLICATIONINSIGHTS_CONNECTION_STRING APPLICATIONINSIGHTS_AUTHENTICATION_STRING ApplicationInsights__ConnectionString ApplicationInsightsAgent_EXTENSION_VERSION OTEL_EXPORTER_OTLP_ENDPOINT OTEL_SERVICE_NAME OTEL_RESOURCE_ATTRIBUTES Serilog__MinimumLevel__Default Serilog__WriteTo__0__Name Logging__LogLevel__Default Logging__Console__FormatterName DD_AGENT_HOST",
  ".NET":
    "ASPNETCORE_ENVIRONMENT ASPNETCORE_URLS ASPNETCORE_HTTP_PORTS DOTNET_ENVIRONMENT DOTNET_RUNNING_IN_CONTAINER Kestrel__Endpoints__Http__Url Kestrel__Certificates__Default__Path ConnectionStrings__Redis ConnectionStrings:TokenCache AllowedHosts Authentication__Schemes__Bearer__Authority Redis__ConnectionString Redis__Configuration Redis__redisHostName Cache__Redis__Url ReverseProxy__Clusters__gateway__Destinations__0__Address ApiGateway__Url MicrosoftGraph__BaseUrl MicrosoftGraph__Scopes Graph__BaseUrl__x Services__gateway__http__0",
  Kubernetes:
    "KUBERNETES_SERVICE_HOST KUBERNETES_PORT_443_TCP_ADDR GATEWAY_SERVICE_HOST GATEWAY_SERVICE_PORT GATEWAY_SERVICE_PORT_HTTP GATEWAY_PORT GATEWAY_PORT_8080_TCP GATEWAY_PORT_8080_TCP_ADDR GATEWAY_PORT_8080_TCP_PROTO GATEWAY_NAME GATEWAY_AUTHENTICATION_SERVICE_HOST GATEWAY_AUTHENTICATION_PORT TOKENCACHE_SERVICE_HOST TOKENCACHE_PORT_6379_TCP_ADDR TOKENCACHE_REDIS_PORT TOKENCACHE_REDIS_SERVICE_HOST TOKEN_CACHE_REDIS_PORT REDIS_URL REDIS_HOST REDIS_PORT REDIS_PASSWORD REDIS_SERVICE_HOST REDIS_PORT_6379_TCP DOWNSTREAMAPIS_PORT DOWNSTREAM_API_SERVICE_HOST GRAPH_BASEURL POD_NAME NODE_NAME HOSTNAME",
  shells:
    "PATH HOME PWD OLDPWD SHELL SHLVL USER LOGNAME LANG LC_ALL TERM TZ TMPDIR EDITOR DISPLAY SSH_AUTH_SOCK XDG_RUNTIME_DIR LS_COLORS PS1 _ HTTP_PROXY https_proxy NO_PROXY SSL_CERT_FILE SystemRoot ComSpec ProgramFiles(x86) CommonProgramFiles APPDATA USERPROFILE __CF_USER_TEXT_ENCODING __PSLockDownPolicy BASH_FUNC_which%% GATEWAY_INTERFACE CI GITHUB_ACTIONS GITHUB_TOKEN",
  node: "NODE_ENV NODE_OPTIONS NODE_PATH NODE_EXTRA_CA_CERTS NODE_V8_COVERAGE npm_config_registry npm_config__auth npm_config_//host.example/:_authToken npm_package_name npm_package_dependencies__azure_identity npm_lifecycle_event npm_execpath INIT_CWD VITEST VITEST_POOL_ID COREPACK_HOME UV_THREADPOOL_SIZE",
  "names that merely hold one of ours":
    "Gateway AzureAd TokenCache DownstreamApis TenantId ClientId Scopes BaseUrl ApiGateway__Authentication Authentication AllowedMethods Path__Url Pathway__Host crm__BaseUrl",
};

describe("a setting that is nearly one of ours", () => {
  it.each([
    // A misspelt section.
    ["Gatway__Authentication", "Gateway__Authentication"],
    ["GATWAY__AUTHENTICATION", "Gateway__Authentication"],
    ["Gatewya__AllowedPrincipals__0", "Gateway__AllowedPrincipals__0"],
    ["Gatway__Authentification", "Gateway__Authentication"],
    ["Gatway__Mode", "Gateway__..."],
    ["Gatway:Authentication", "Gateway__Authentication"],
    ["Gateway__Authentication".replace("a", "\u0430"), "Gateway__Authentication"],
    [" Gateway__Authentication", "Gateway__Authentication"],
    ["\ufeffGateway__Authentication", "Gateway__Authentication"],
    ["AzureAdd__TenantId", "AzureAd__TenantId"],
    ["AzureAdd__AllowedTenants__0", "AzureAd__AllowedTenants__0"],
    ["AzureAdd__ClientCredentials__0__ClientSecret", "AzureAd__ClientCredentials__0__ClientSecret"],
    ["Azure_Ad__AllowedTenants", "AzureAd__AllowedTenants"],
    ["TokenCaches__Redis__Url", "TokenCache__Redis__Url"],
    ["TokenCashes__MaxEntries", "TokenCache__MaxEntries"],
    ["DownstreamApi__graph__AllowedMethods", "DownstreamApis__graph__AllowedMethods"],
    ["DownstreamApi__BaseUrl", "DownstreamApis__<name>__BaseUrl"],
    ["Downstream__my_api__AllowedPathPrefixes__1", "DownstreamApis__my_api__AllowedPathPrefixes__1"],
    ["DownstreamWebApis__graph__ScopesByPrefix__0__Prefix", "DownstreamApis__graph__ScopesByPrefix__0__Prefix"],
    // A restriction that would be lost.
    ["GatewayAuthentication", "Gateway__Authentication"],
    ["Gateway Authentication", "Gateway__Authentication"],
    ["Gateway|Authentication", "Gateway__Authentication"],
    ["Gateway_Authentification", "Gateway__Authentication"],
    ["AllowedClientApplications", "AzureAd__AllowedClientApplications"],
    ["EntraId__AllowedClientApplications__0", "AzureAd__AllowedClientApplications"],
    ["Azure__AllowedClientApplications", "AzureAd__AllowedClientApplications"],
    ["AzureAdB2C__AllowedClientApplications", "AzureAd__AllowedClientApplications"],
    ["AzureAD_Allowed_Client_Applications", "AzureAd__AllowedClientApplications"],
    ["Apis__graph__AllowedMethods__0", "DownstreamApis__graph__AllowedMethods"],
    ["GRAPH__ALLOWEDMETHODS", "DownstreamApis__graph__AllowedMethods"],
    ["DownstreamApis/graph/AllowedMethods", "DownstreamApis__graph__AllowedMethods"],
    ["DOWNSTREAM_APIS_GRAPH_ALLOWED_METHODS", "DownstreamApis__graph__AllowedMethods"],
    ["DownstreamApis_graph_AllowedMethod", "DownstreamApis__graph__AllowedMethods"],
    // Other separators.
    ["Gateway_Authentication", "Gateway__Authentication"],
    ["GATEWAY_AUTHENTICATION", "Gateway__Authentication"],
    ["Gateway:Authentication", "Gateway__Authentication"],
    ["Gateway.Authentication", "Gateway__Authentication"],
    ["Gateway-Authentication", "Gateway__Authentication"],
    ["Gateway_AllowedPrincipals_0", "Gateway__AllowedPrincipals__0"],
    ["AzureAd_TenantId", "AzureAd__TenantId"],
    ["AzureAd:ClientCredentials:0:SourceType", "AzureAd__ClientCredentials__0__SourceType"],
    ["AzureAd_ClientCredentials__1__ClientSecret", "AzureAd__ClientCredentials__1__ClientSecret"],
    ["TokenCache_Redis_Url", "TokenCache__Redis__Url"],
    ["TokenCache_Redis_Port", "TokenCache__Redis__Port"],
    ["DownstreamApis_graph_BaseUrl", "DownstreamApis__graph__BaseUrl"],
    ["DownStreamApis.x.BaseUrl", "DownstreamApis__x__BaseUrl"],
    ["DownStreamApis.x", "DownstreamApis__..."],
    ["DownstreamApis_my_api__AllowedMethods_0", "DownstreamApis__my_api__AllowedMethods__0"],
    ["DownstreamApis_graph_ExtraHeaderParameters_x_key", "DownstreamApis__graph__ExtraHeaderParameters__x_key"],
    ["DownstreamApis:graph:ScopesByPrefix:3:Scopes:0", "DownstreamApis__graph__ScopesByPrefix__3__Scopes__0"],
    // Without the section, or a part of it.
    ["Redis__Url", "TokenCache__Redis__Url"],
    ["Redis:Host", "TokenCache__Redis__Host"],
    ["EncryptionKeys__0__Value", "TokenCache__EncryptionKeys__0__Value"],
    ["ClientCredentials__0__SourceType", "AzureAd__ClientCredentials__0__SourceType"],
    ["AllowedPrincipals__0", "Gateway__AllowedPrincipals__0"],
    ["AllowedMethods__0", "DownstreamApis__<name>__AllowedMethods__0"],
    ["graph__AllowedMethods", "DownstreamApis__graph__AllowedMethods"],
    ["graph__ExtraHeaderParameters__x_key", "DownstreamApis__graph__ExtraHeaderParameters__x_key"],
  ])("stops the app, and its value is not shown: %s", (setting, suggested) => {
    expect(mistakes({ [setting]: SECRET })).toEqual([
      { setting, found: HIDDEN, expected: `no setting of that name; did you mean ${suggested}?` },
    ]);
  });

  it("is not set where it is empty", () => {
    expect(mistakes({ Gatway__Authentication: "", Gateway_Authentication: "", Redis__Url: undefined })).toEqual([]);
  });
});

describe("the names of others", () => {
  it.each(Object.entries(OTHERS))("stop nothing and are not read: %s", (_, names) => {
    const environment = Object.fromEntries(names.split(" ").map((name) => [name, SECRET]));
    expect(load(environment)).toEqual(load());
  });

  it("are many", () => {
    expect(Object.values(OTHERS).join(" ").split(" ").length).toBeGreaterThan(240);
  });

  it("of this very process stop nothing", () => {
    expect(load(process.env)).toEqual(load());
  });
});
