const ODD = /[^a-z0-9-]/g;

/**
 * A header's name as a server may come to see it. Those that hand headers on as variables (CGI, RFC 3875, 4.1.18, and its heirs)
 * make `X_Forwarded_For` and `X.Forwarded.For` the same as `X-Forwarded-For`: a disguise is judged by what it hides.
 */
export function plainName(name: string): string {
  return name.toLowerCase().replace(ODD, "-");
}
