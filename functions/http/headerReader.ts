import { fieldValues } from "../../shared/net/headerFields.ts";

/**
 * Reads header values as they were sent. node:http's own `headers` drops repeated Authorization fields silently; here
 * they come joined, so that whoever expects one sees that there were two. Few are asked for: an index of all would cost more
 * than it saves.
 */
export function headerReader(rawHeaders: readonly string[]): (name: string) => string | undefined {
  return (name) => {
    const values = fieldValues(rawHeaders, name.toLowerCase());
    return values.length < 2 ? values[0] : values.join(", ");
  };
}
