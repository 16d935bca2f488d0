import { answerEcho } from "./rawEcho.ts";
import type { HostileAnswer } from "./rawHostileAnswers.ts";
import { type PeerConnection, type RawPeer, startRawPeer } from "./rawPeer.ts";

const HONEST = "/honest?";

/** A downstream API that answers one request as it is told, and all honest ones with what they were. */
export class HostilePeer implements AsyncDisposable {
  readonly peer: RawPeer;
  #asked: ((connection: PeerConnection, early: boolean) => void) | undefined;

  private constructor(peer: RawPeer) {
    this.peer = peer;
  }

  static async start(): Promise<HostilePeer> {
    let asked = (_connection: PeerConnection, _partly: boolean): void => undefined;
    const peer = await startRawPeer({
      part: (connection) => asked(connection, true),
      answer: (request, connection) => {
        if (request.target.startsWith(HONEST)) answerEcho(request, connection);
        else asked(connection, false);
      },
    });
    const self = new HostilePeer(peer);
    asked = (connection, partly) => self.#asked?.(connection, partly);
    return self;
  }

  /** Answers the next request that is not honest; resolves when the answer has left. `meanwhile` comes before it. */
  whenAsked({ bytes, early = false, andThen }: HostileAnswer, meanwhile: () => Promise<void>): Promise<void> {
    return new Promise((resolve) => {
      this.#asked = (connection, partly) => {
        // The head alone may come first.
        if (partly !== early || (early && !/hello(?:\r\n)?$/.test(connection.received))) return;
        this.#asked = undefined;
        resolve(answer(connection));
      };
    });

    async function answer(connection: PeerConnection): Promise<void> {
      await meanwhile();
      await connection.write(bytes);
      andThen?.(connection);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.peer[Symbol.asyncDispose]();
  }
}
