import { app } from "@azure/functions";
import { ConfidentialClientApplication } from "@azure/msal-node";
import { createRemoteJWKSet, jwtVerify } from "jose";

// What the archived Azure samples of a function that calls an API on behalf of a user do: check token A, make an MSAL
// client for the request, have it exchange the token, `fetch`.
const { AzureAd__Instance: instance, AzureAd__TenantId: tenant, AzureAd__ClientId: clientId = "" } = process.env;
const keys = createRemoteJWKSet(new URL(`${instance}${tenant}/discovery/v2.0/keys`));

app.setup({ enableHttpStream: true });
app.http("proxy", {
  route: "proxy/{*path}",
  methods: ["GET"],
  authLevel: "anonymous",
  handler: async (request) => {
    const token = request.headers.get("authorization")?.replace("Bearer ", "") ?? "";
    await jwtVerify(token, keys, { audience: clientId });
    const client = new ConfidentialClientApplication({
      auth: {
        clientId,
        clientSecret: process.env.AzureAd__ClientCredentials__0__ClientSecret ?? "",
        authority: `${instance}${tenant}`,
        knownAuthorities: [new URL(instance ?? "").host],
      },
    });
    const scopes = [process.env.DownstreamApis__profile__Scopes ?? ""];
    const result = await client.acquireTokenOnBehalfOf({ oboAssertion: token, scopes });
    const answer = await fetch(`${process.env.DOWNSTREAM}/${request.params.path}`, {
      headers: { authorization: `Bearer ${result?.accessToken}` },
    });
    return { status: answer.status, jsonBody: await answer.json() };
  },
});
