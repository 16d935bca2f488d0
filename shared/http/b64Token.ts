/** What an `Authorization: Bearer` header can carry (RFC 6750, 2.1). JSON writes it as it is. */
export const B64_TOKEN = /^[A-Za-z0-9\-._~+/]+=*$/;
