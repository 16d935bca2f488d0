const NONE: readonly string[] = [];

/**
 * The values of a header field, in the order in which they were sent.
 * @param rawHeaders names and values in turn, as node:http and undici give them
 * @param name in lower case
 */
export function fieldValues(rawHeaders: readonly string[], name: string): readonly string[] {
  let values: string[] | undefined;
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const field = rawHeaders[index] ?? "";
    // Its length first: this runs over every header of every call, and hardly any is it.
    if (field.length !== name.length || field.toLowerCase() !== name) continue;
    values ??= [];
    values.push(rawHeaders[index + 1] ?? "");
  }
  return values ?? NONE;
}
