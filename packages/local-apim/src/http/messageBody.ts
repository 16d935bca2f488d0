import type { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";

/** An expression wants a body that has not been read yet: read it, then evaluate again. */
export class BodyNotReadSignal extends Error {
  override readonly name = "BodyNotReadSignal";
  readonly body: MessageBody;

  constructor(body: MessageBody) {
    super("The body has not been read yet.");
    this.body = body;
  }
}

type Content =
  | { readonly kind: "bytes"; readonly bytes: Buffer }
  | { readonly kind: "stream"; readonly stream: Readable; readonly length: number | undefined };

/**
 * The body of a message: a stream until somebody wants to see it, bytes from then on. As in API Management, an expression
 * that reads it without `preserveContent` leaves nothing to send.
 */
export class MessageBody {
  #content: Content;
  #read: Promise<Buffer> | undefined;

  private constructor(content: Content) {
    this.#content = content;
  }

  static ofBytes(bytes: Buffer | string): MessageBody {
    return new MessageBody({ kind: "bytes", bytes: typeof bytes === "string" ? Buffer.from(bytes) : bytes });
  }

  static empty(): MessageBody {
    return MessageBody.ofBytes(Buffer.alloc(0));
  }

  /** `length` in bytes, where it is known. */
  static ofStream(stream: Readable, length?: number): MessageBody {
    return new MessageBody({ kind: "stream", stream, length });
  }

  /** In bytes; undefined for a stream that does not say. */
  get length(): number | undefined {
    return this.#content.kind === "bytes" ? this.#content.bytes.length : this.#content.length;
  }

  /** Reads all of it; the body stays. @throws what the stream ends with. */
  async bytes(): Promise<Buffer> {
    if (this.#content.kind === "bytes") return this.#content.bytes;
    this.#read ??= buffer(this.#content.stream);
    const bytes = await this.#read;
    this.#content = { kind: "bytes", bytes };
    return bytes;
  }

  /** For expressions. @throws BodyNotReadSignal when `bytes()` has to be awaited first. */
  peek(): Buffer {
    if (this.#content.kind === "stream") throw new BodyNotReadSignal(this);
    return this.#content.bytes;
  }

  /** What goes out: bytes, any number of times; a stream only once, after which the body is empty. */
  outgoing(): Buffer | Readable {
    if (this.#content.kind === "bytes") return this.#content.bytes;
    const { stream } = this.#content;
    this.clear();
    return stream;
  }

  clear(): void {
    this.#content = { kind: "bytes", bytes: Buffer.alloc(0) };
  }

  /** Ends a stream that nobody is going to read. */
  discard(): void {
    if (this.#content.kind === "stream") this.#content.stream.destroy();
    this.clear();
  }
}
