const LABEL = '[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?';
const DNS_LABEL = new RegExp(`^${LABEL}$`);
const DNS_SUBDOMAIN = new RegExp(String.raw`^${LABEL}(?:\.${LABEL})*$`);

/** What a namespace may be called. */
export const isDnsLabel = (name: string): boolean => DNS_LABEL.test(name);

/** What most objects may be called. */
export const isDnsSubdomain = (name: string): boolean => name.length <= 253 && DNS_SUBDOMAIN.test(name);
