import { once } from "node:events";
import { createServer } from "node:https";
import { connect } from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { listen, PortTakenError } from "../../src/net/listen.ts";
import { stop } from "../../src/net/stop.ts";
import { createCertificateAuthority } from "../../src/tls/certificateAuthority.ts";

describe("the throw-away certificate authority", async () => {
  const authority = await createCertificateAuthority();
  const server = createServer(await authority.issue(), (_request, response) => response.end("well"));
  let port = 0;
  beforeAll(async () => {
    port = await listen(server, "the test", 0);
  });
  afterAll(() => stop(server));

  async function handshake(options: { host: string; servername?: string; ca?: string }): Promise<boolean> {
    const socket = connect({ port, ...options });
    try {
      await once(socket, "secureConnect");
      return socket.authorized;
    } finally {
      socket.destroy();
    }
  }

  it.each(["localhost", "127.0.0.1"])("is trusted for %s by a client that knows it", async (host) => {
    expect(await handshake({ host, ca: authority.certificatePem })).toBe(true);
  });

  it("is trusted by nobody else", async () => {
    await expect(handshake({ host: "localhost" })).rejects.toThrow(/self-signed|unable to/);
  });

  it("does not vouch for another name", async () => {
    await expect(
      handshake({ host: "127.0.0.1", servername: "login.microsoftonline.com", ca: authority.certificatePem }),
    ).rejects.toThrow(/does not match/);
  });

  it("names a taken port", async () => {
    const second = createServer();
    await expect(listen(second, "Key Vault", port)).rejects.toThrow(PortTakenError);
    await expect(listen(second, "Key Vault", port)).rejects.toThrow(`Port ${port}, wanted by Key Vault`);
  });
});
