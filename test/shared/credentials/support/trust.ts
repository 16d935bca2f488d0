import { getCACertificates, setDefaultCACertificates } from "node:tls";

/** Makes every client of this process trust a throw-away CA: what NODE_EXTRA_CA_CERTS does at the start of one. */
export function trustCa(certificatePem: string): void {
  setDefaultCACertificates([...getCACertificates("default"), certificatePem]);
}
