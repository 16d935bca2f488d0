import { InvalidRequestError } from "../errors/errors.ts";

/** One media type: a comma stands in quotation marks only (RFC 9110, 8.3.1 and 5.6.4). */
const ONE_MEDIA_TYPE = /^(?:[^",]|"(?:[^"\\]|\\.)*")*$/;
const ONE_LENGTH = /^\d*$/;
/** It is taken away on the way; a body in another coding would go on as something that it is not (RFC 9112, 6.1). */
const NO_OTHER_CODING = /^(?:chunked)?$/i;

/**
 * Refuses a body with two types or two lengths, or in a transfer coding of its own: the Functions host joins repeated headers with commas, and what the
 * downstream API would make of such a value nobody knows. `Authorization` is read and refused by who validates it.
 * @throws InvalidRequestError
 */
export function refuseDoubledHeaders(header: (name: string) => string | undefined): void {
  if (!ONE_MEDIA_TYPE.test(header("content-type") ?? "")) throw doubled("Content-Type");
  if (!ONE_LENGTH.test(header("content-length") ?? "")) throw doubled("Content-Length");
  if (!NO_OTHER_CODING.test(header("transfer-encoding") ?? ""))
    throw new InvalidRequestError("The only transfer coding that can be taken is chunked.");
}

function doubled(name: string): InvalidRequestError {
  return new InvalidRequestError(`The header ${name} holds more than one value.`);
}
