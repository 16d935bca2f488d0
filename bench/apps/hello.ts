import { app } from "@azure/functions";

// The least that a function app can be.
app.setup({ enableHttpStream: true });
app.http("hello", {
  route: "hello",
  methods: ["GET"],
  authLevel: "anonymous",
  handler: async () => ({ body: "hello" }),
});
