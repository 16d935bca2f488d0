import type { OutgoingHttpHeaders } from "node:http";

/** An answer other than success, in the JSON shape of Microsoft Graph. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly status: number;
  readonly code: string;
  readonly headers: OutgoingHttpHeaders;

  constructor(status: number, code: string, message: string, headers: OutgoingHttpHeaders = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.headers = headers;
  }

  get body(): object {
    return { error: { code: this.code, message: this.message } };
  }
}
