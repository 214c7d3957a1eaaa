/** Characters of a bundle of certificates in base64, as it stands in a spec: some hundred authorities. */
export const LONGEST_CA_BUNDLE = 256 * 1024;

const BEGIN = '-----BEGIN CERTIFICATE-----';
const END = '-----END CERTIFICATE-----';

/** The certificates in a PEM text, each with its markers; what stands between them is left out. */
export function pemCertificates(pem: string): string[] {
  const found: string[] = [];
  for (let begin = pem.indexOf(BEGIN); begin !== -1; ) {
    const end = pem.indexOf(END, begin);
    if (end === -1) break;
    found.push(pem.slice(begin, end + END.length));
    begin = pem.indexOf(BEGIN, end);
  }
  return found;
}
