import type { ServerResponse } from "node:http";

const LANDING_PAGE = `<!DOCTYPE html>
<html lang="en"><head><title>Your Functions app is up and running</title></head>
<body><h1>Your Functions app is up and running</h1></body></html>
`;

/** An answer of the host itself. Like the real one it says nothing but the status. */
export function sendEmpty(response: ServerResponse, status: number): void {
  response.writeHead(status, { Server: "Kestrel", "Content-Length": 0 }).end();
}

/** What `GET /` gives while no function has that route. */
export function sendLandingPage(response: ServerResponse): void {
  response
    .writeHead(200, {
      Server: "Kestrel",
      "Content-Type": "text/html; charset=utf-8",
      "Content-Length": Buffer.byteLength(LANDING_PAGE),
    })
    .end(LANDING_PAGE);
}
