import { HttpResponse } from "@azure/functions";

/**
 * The library's responses with neither headers nor body, one for each status. It only reads them (`sendProxyResponse`), and
 * the making of one takes as long as the look-up of a token. No hook of the app may change them.
 */
export class EmptyResponses {
  readonly #byStatus = new Map<number, HttpResponse>();

  /** @param status 200 to 599 */
  of(status: number): HttpResponse {
    const known = this.#byStatus.get(status);
    if (known !== undefined) return known;
    const made = new HttpResponse({ status });
    this.#byStatus.set(status, made);
    return made;
  }
}
