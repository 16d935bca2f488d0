/** Milliseconds since 1970-01-01T00:00Z, as `Date.now` gives them. Tests bring their own. */
export type Clock = () => number;
