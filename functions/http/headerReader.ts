/**
 * Reads header values as they were sent. node:http's own `headers` drops repeated Authorization fields silently; here
 * they come joined, so that whoever expects one sees that there were two.
 */
export function headerReader(rawHeaders: readonly string[]): (name: string) => string | undefined {
  const values = new Map<string, string>();
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]?.toLowerCase() ?? "";
    const value = rawHeaders[index + 1] ?? "";
    const before = values.get(name);
    values.set(name, before === undefined ? value : `${before}, ${value}`);
  }
  return (name) => values.get(name.toLowerCase());
}
