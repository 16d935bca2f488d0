// What is used of Redis's client, in a module that is imported when needed: a CommonJS package imported so itself would
// have no names in the bundle.
export { createClient, ErrorReply, RESP_TYPES } from "@redis/client";
