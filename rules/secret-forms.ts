// cspell:disable
/** Forms that only credentials have, and what each is. */
const FORMS: readonly [name: string, form: RegExp][] = [
  ['a private key', /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----\s*[A-Za-z0-9+/]{40}/],
  ['a private key in base64', /LS0tLS1CRUdJTi(?:BQUklWQVRFIEtFWS|BFQyBQUklWQVRFIEtFWS|BSU0EgUFJJVkFURSBLRVkt)/],
  ['an access key of AWS', /(?<![A-Za-z0-9])(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9])/],
  ['a token of GitHub', /(?<![A-Za-z0-9])(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{60})/],
  ['a token of npm', /(?<![A-Za-z0-9])npm_[A-Za-z0-9]{36}(?![A-Za-z0-9])/],
  ['a login of a registry', /_(?:authToken|password|auth)\s*=\s*[A-Za-z0-9+/=_-]{16}/],
  ['a token of a service account or user', /eyJhbGciOi[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{20}/],
  ['a token of OpenShift', /(?<![A-Za-z0-9])sha256~[A-Za-z0-9_-]{43}(?![A-Za-z0-9])/],
];

/** Lines of a text that hold a credential, as `line: what it is`. The credential is not repeated. */
export function findSecrets(text: string): string[] {
  return FORMS.flatMap(([name, form]) => {
    const at = text.search(form);
    return at === -1 ? [] : [`${text.slice(0, at).split('\n').length}: ${name}`];
  });
}
