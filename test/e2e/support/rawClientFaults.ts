import type { ServerIdentity } from "@obo-gateway/local-azure/tls/certificateAuthority.ts";
import { RawConnection } from "../../../packages/local-azure/test/functionsHost/support/rawHttp.ts";
import { jsonAnswer } from "./rawFault.ts";
import type { FaultWorld, Limits } from "./rawFaultWorld.ts";
import { type PeerConnection, type RawPeer, startRawPeer } from "./rawPeer.ts";
import { logged, nextCall, type Row } from "./rawRow.ts";

type Stage = "within its headers" | "within its body" | "before the answer" | "within the answer" | "after the answer";
type Fault = "reset" | "closed" | "silent" | "garbled";

export interface ClientFault {
  readonly stage: Stage;
  readonly fault: Fault;
  readonly limits?: Limits;
}

const SHORT_S = 2;
const BODY = JSON.stringify({ done: "x".repeat(1_000) });
/** More than all buffers on the way hold. */
const LARGE_BYTES = 64 * 1024 * 1024;

/**
 * What can become of the client. One that is silent within its headers holds nothing but a connection to the host; one that
 * is silent within its body holds its call until the function's time is over (deadline.test.ts).
 */
export const CLIENT_FAULTS: readonly ClientFault[] = [
  { stage: "within its headers", fault: "reset" },
  { stage: "within its headers", fault: "closed" },
  { stage: "within its headers", fault: "garbled" },
  { stage: "within its body", fault: "reset" },
  { stage: "within its body", fault: "closed" },
  { stage: "within its body", fault: "garbled" },
  { stage: "before the answer", fault: "reset" },
  { stage: "before the answer", fault: "closed" },
  { stage: "within the answer", fault: "reset" },
  { stage: "within the answer", fault: "closed" },
  { stage: "within the answer", fault: "silent", limits: { Total: SHORT_S } },
  { stage: "after the answer", fault: "reset" },
  { stage: "after the answer", fault: "garbled" },
];

/** A downstream API that keeps its client waiting at the stage that the row is about. */
export class ClientFaultRow {
  readonly #planned: ClientFault;
  #armed = false;
  #peer: RawPeer | undefined;
  #met: ((connection: PeerConnection) => void) | undefined;

  constructor(planned: ClientFault) {
    this.#planned = planned;
  }

  async start(tls: ServerIdentity): Promise<RawPeer> {
    const { stage, fault } = this.#planned;
    this.#peer = await startRawPeer({
      tls,
      part: (connection) => this.#met?.(connection),
      answer: (_request, connection) => {
        if (!this.#armed || stage === "after the answer") void connection.write(jsonAnswer(BODY));
        else if (stage === "within the answer") {
          const length = fault === "silent" ? LARGE_BYTES : BODY.length + 1;
          const head = `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n`;
          void connection.write(head + (fault === "silent" ? "x".repeat(LARGE_BYTES - 1) : BODY));
        }
        this.#met?.(connection);
      },
    });
    return this.#peer;
  }

  async run(world: FaultWorld, api: string, token: string): Promise<Row> {
    const { stage, fault } = this.#planned;
    const peer = this.#peer;
    if (peer === undefined) throw new Error("The row's peer has not been started.");
    const met = new Promise<PeerConnection>((resolve) => {
      this.#met = resolve;
    });
    this.#armed = true;
    const correlationId = crypto.randomUUID();
    using connection = new RawConnection(world.url);
    const head =
      `POST /api/downstream/${api}/x HTTP/1.1\r\nHost: gateway\r\nX-Correlation-ID: ${correlationId}\r\n` +
      `Authorization: Bearer ${token}\r\n`;
    if (stage === "within its headers") connection.send(head);
    else if (stage === "within its body") connection.send(`${head}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n`);
    else connection.send(`${head}Content-Length: 5\r\n\r\nhello`);
    const downstream = stage === "within its headers" ? undefined : await met;
    if (stage === "within the answer") await connection.until("\r\n\r\n");
    if (stage === "after the answer") await connection.until(/x"\}/);
    misbehave(connection, fault);
    // Who resets sees nothing more; whoever only ends, or says what is no HTTP, may still be told something.
    const saw = fault === "reset" ? "nothing" : await sawOf(connection, stage);
    const ends = downstream !== undefined && stage !== "after the answer";
    if (ends) await downstream.gone;
    const log = ends ? await logged(world, correlationId) : "";
    this.#armed = false;
    this.#met = undefined;
    return {
      who: "client",
      when: stage,
      what: fault,
      caller: saw,
      peer: `${peerSaw(downstream, stage)}${ends ? ", then the connection's end" : ""}`,
      log,
      next: await nextCall(world, api, token),
    };
  }
}

function misbehave(connection: RawConnection, fault: Fault): void {
  if (fault === "reset") connection.reset();
  else if (fault === "closed") connection.end();
  else if (fault === "silent") connection.pause();
  else connection.send("\0\x01 This is not HTTP.\r\n\r\n");
}

function peerSaw(downstream: PeerConnection | undefined, stage: Stage): string {
  if (downstream === undefined) return "nothing";
  return stage === "within its body" ? "a part of a request" : "1 request";
}

async function sawOf(connection: RawConnection, stage: Stage): Promise<string> {
  connection.resume();
  const before = stage === "within the answer" || stage === "after the answer" ? connection.received.length : 0;
  const how = await connection.closed;
  const [, status] = /^HTTP\/1\.1 (\d+) /.exec(connection.received.slice(before)) ?? [];
  const end = how === "reset" ? "a reset" : "the connection's end";
  return status === undefined ? end : `${status}, then ${end}`;
}
