const PART = '[a-z0-9](?:[-a-z0-9]*[a-z0-9])?';
const LABEL = new RegExp(`^${PART}$`);
const SUBDOMAIN = new RegExp(String.raw`^${PART}(?:\.${PART})*$`);

/** What a namespace may be called: a DNS-1123 label. */
export const isDnsLabel = (name: string): boolean => name.length <= 63 && LABEL.test(name);

/** What most objects may be called, and label keys be prefixed with: a DNS-1123 subdomain, which Kubernetes limits as a whole only. */
export const isDnsSubdomain = (name: string): boolean => name.length <= 253 && SUBDOMAIN.test(name);
