import { list, setting } from "./values.ts";

/** Visible ASCII without what ends a path, without backslashes, and percent signs only where they encode something. */
const PATH = /^(?:\/(?:[!"$&-.0-;<=>@-[\]-~]|%[0-9a-f]{2})+)*\/?$/i;
const DOT_SEGMENT = /\/\.{1,2}(?:\/|$)/;

/** A path below an API's base URL, without the slash at its end; `/` for all of them is the empty text. */
export const pathPrefix = () =>
  setting("a path below the base URL like /me/messages, without query, empty or dot segments", (value) =>
    value.startsWith("/") && PATH.test(value) && !DOT_SEGMENT.test(value) ? value.replace(/\/$/, "") : undefined,
  );

/** A comma may stand in a path (SharePoint's site ids have two); one before a slash or at the end separates paths. */
const BETWEEN_PATHS = /[ \t\r\n]|[,;](?:\/|$)|^["[]/;

export const pathPrefixes = () => list(pathPrefix(), { separators: BETWEEN_PATHS });
