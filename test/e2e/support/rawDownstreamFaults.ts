import type { ServerIdentity } from "@obo-gateway/local-azure/tls/certificateAuthority.ts";
import { RawCaller } from "./rawCaller.ts";
import { type AnswerStage, type Fault, jsonAnswer, spoil, strike } from "./rawFault.ts";
import type { FaultWorld, Limits } from "./rawFaultWorld.ts";
import { type PeerConnection, type RawPeer, startRawPeer } from "./rawPeer.ts";
import { befall, logged, nextCall, type Row } from "./rawRow.ts";

type Stage = "connecting" | "within the request" | AnswerStage | "idle" | "at its next use";

export interface DownstreamFault {
  readonly stage: Stage;
  readonly fault: Fault | "refused";
  readonly limits?: Limits;
}

const SHORT_S = 2;
/** Long enough to be cut in two. */
const BODY = JSON.stringify({ half: "x".repeat(2_000) });

/** What can befall the connection to a downstream API, with the time limits that then matter. */
export const DOWNSTREAM_FAULTS: readonly DownstreamFault[] = [
  { stage: "connecting", fault: "refused" },
  { stage: "connecting", fault: "reset" },
  { stage: "connecting", fault: "closed" },
  { stage: "connecting", fault: "silent", limits: { Connect: SHORT_S } },
  { stage: "connecting", fault: "garbled" },
  { stage: "within the request", fault: "reset" },
  { stage: "within the request", fault: "closed" },
  { stage: "within the request", fault: "garbled" },
  { stage: "before its answer", fault: "reset" },
  { stage: "before its answer", fault: "closed" },
  { stage: "before its answer", fault: "silent", limits: { Response: SHORT_S } },
  { stage: "before its answer", fault: "garbled" },
  { stage: "in the headers", fault: "reset" },
  { stage: "in the headers", fault: "closed" },
  { stage: "in the headers", fault: "silent", limits: { Response: SHORT_S } },
  { stage: "in the headers", fault: "garbled" },
  { stage: "in the headers", fault: "slow drip", limits: { Response: SHORT_S, Total: 2 * SHORT_S } },
  { stage: "in the body", fault: "reset" },
  { stage: "in the body", fault: "closed" },
  { stage: "in the body", fault: "silent", limits: { Idle: SHORT_S } },
  { stage: "in the body", fault: "garbled" },
  { stage: "in the body", fault: "slow drip", limits: { Idle: SHORT_S, Total: 2 * SHORT_S } },
  { stage: "idle", fault: "reset" },
  { stage: "idle", fault: "closed" },
  { stage: "idle", fault: "garbled" },
  { stage: "at its next use", fault: "reset" },
  { stage: "at its next use", fault: "closed" },
];

/** The peer of one row: it does what the row says once it is armed. */
export class DownstreamFaultRow {
  readonly #planned: DownstreamFault;
  #armed = false;
  #peer: RawPeer | undefined;
  #caller: RawCaller | undefined;
  #struck: PeerConnection | undefined;

  constructor(planned: DownstreamFault) {
    this.#planned = planned;
  }

  async start(tls: ServerIdentity): Promise<RawPeer> {
    const { stage, fault } = this.#planned;
    this.#peer = await startRawPeer({
      tls,
      admit: (socket) => !(this.#armed && stage === "connecting" && fault !== "refused") || befall(socket, fault),
      part: (connection) => {
        if (this.#armed && stage === "within the request" && connection.received.includes("hello"))
          void this.#strike(connection);
      },
      answer: (_request, connection) => {
        if (this.#armed && isAnswerStage(stage)) void this.#spoil(connection, stage);
        else if (this.#armed && stage === "at its next use") void this.#strike(connection);
        else void connection.write(jsonAnswer(BODY));
      },
    });
    return this.#peer;
  }

  /** Makes a call meet the fault, and gives what was seen. */
  async run(world: FaultWorld, api: string, token: string): Promise<Row> {
    const { stage, fault } = this.#planned;
    const peer = this.#peer;
    if (peer === undefined) throw new Error("The row's peer has not been started.");
    if (stage === "idle" || stage === "at its next use") await nextCall(world, api, token);
    const before = peer.requests.length;
    this.#armed = true;
    if (fault === "refused") await peer.down();
    if (stage === "idle") await this.#breakIdle(peer);
    using caller = new RawCaller(world.url, `/api/downstream/${api}/x`, token);
    this.#caller = caller;
    if (stage === "within the request") caller.post("Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
    else caller.post();
    if (stage === "within the request") {
      await this.#whenStruck();
      caller.connection.send("0\r\n\r\n");
    }
    const saw = await caller.saw();
    const requests = peer.requests.length - before;
    const gatewayEnds = fault === "silent" || fault === "slow drip";
    if (gatewayEnds) await this.#struck?.gone;
    const log = saw === "200" ? "" : await logged(world, caller.correlationId);
    this.#armed = false;
    if (fault === "refused") await peer.up();
    return {
      who: "downstream API",
      when: stage,
      what: fault,
      caller: saw,
      peer: `${requests} ${requests === 1 ? "request" : "requests"}${gatewayEnds && this.#struck ? ", then the connection's end" : ""}`,
      log,
      next: await nextCall(world, api, token),
    };
  }

  #onStruck: (() => void) | undefined;
  #whenStruck(): Promise<void> {
    return this.#struck === undefined ? new Promise((resolve) => (this.#onStruck = resolve)) : Promise.resolve();
  }

  async #strike(connection: PeerConnection): Promise<void> {
    if (this.#struck !== undefined || this.#planned.fault === "refused") return;
    this.#struck = connection;
    await strike(connection, this.#planned.fault);
    this.#onStruck?.();
  }

  async #spoil(connection: PeerConnection, stage: AnswerStage): Promise<void> {
    this.#struck = connection;
    const { fault } = this.#planned;
    if (fault !== "refused") await spoil(connection, stage, fault, BODY, async () => this.#caller?.half());
  }

  async #breakIdle(peer: RawPeer): Promise<void> {
    const idle = peer.connections.at(-1);
    if (idle === undefined) throw new Error("There is no idle connection.");
    await this.#strike(idle);
    await idle.gone;
  }
}

function isAnswerStage(stage: Stage): stage is AnswerStage {
  return stage === "before its answer" || stage === "in the headers" || stage === "in the body";
}
