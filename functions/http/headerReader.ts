/**
 * Reads header values as they were sent. node:http's own `headers` drops repeated Authorization fields silently; here
 * they come joined, so that whoever expects one sees that there were two.
 */
export function headerReader(rawHeaders: readonly string[]): (name: string) => string | undefined {
  return (name) => {
    const wanted = name.toLowerCase();
    let value: string | undefined;
    for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
      const field = rawHeaders[index] ?? "";
      // Its length first: few are asked for, and an index of all would cost more than it saves.
      if (field.length !== wanted.length || field.toLowerCase() !== wanted) continue;
      const sent = rawHeaders[index + 1] ?? "";
      value = value === undefined ? sent : `${value}, ${sent}`;
    }
    return value;
  };
}
