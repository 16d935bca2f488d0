const REDACTED = "[redacted]";
const MAX_SHOWN = 200;
/** Three parts of base64url, the first of which begins like JSON. */
const JWT = /eyJ[\w-]+\.[\w-]+\.[\w-]*/g;
const SENSITIVE_NAME = /authorization|cookie|key|token|secret|password|assertion|credential|signature|bearer/i;
/** Shorter ones are no secrets, and would blot out half of the trace. */
const MIN_SECRET_LENGTH = 6;

/** Takes tokens and secrets out of what people will read. */
export interface Redaction {
  text(text: string): string;
  /** The same, however long it is. */
  whole(text: string): string;
  /** The value of something that has a name: a header, a variable. */
  named(name: string, value: string): string;
}

/** `secrets`: values that must never show, whatever they look like. */
export function createRedaction(secrets: readonly string[]): Redaction {
  const known = secrets.filter((secret) => secret.length >= MIN_SECRET_LENGTH);
  const encoded = known.map((secret) => encodeURIComponent(secret));
  const whole = (shown: string): string => {
    let safe = shown.replaceAll(JWT, REDACTED);
    for (const secret of [...known, ...encoded]) safe = safe.replaceAll(secret, REDACTED);
    return safe;
  };
  const text = (shown: string): string => {
    const safe = whole(shown);
    return safe.length > MAX_SHOWN ? `${safe.slice(0, MAX_SHOWN)}…` : safe;
  };
  return { text, whole, named: (name, value) => (SENSITIVE_NAME.test(name) ? REDACTED : text(value)) };
}
