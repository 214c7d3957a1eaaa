import type { ConditionFinding } from './conditions.js';
import { critical, warn } from './findings.js';

/**
 * What an operator is told of connections that anyone on the way can read or change.
 *
 * @param forbidden by setting forbid_insecure_connections
 */
export function insecureFindings(
  { insecure, url }: { insecure?: boolean; url?: string },
  { insecureField, urlField, caField }: { insecureField: string; urlField: string; caField: string },
  forbidden: boolean,
): ConditionFinding[] {
  const found = forbidden ? critical : warn;
  const reason = forbidden ? 'Forbidden' : 'Allowed';
  const rule = forbidden ? ' Setting forbid_insecure_connections of MigrationController forbids it.' : '';
  const findings: ConditionFinding[] = [];
  if (insecure) {
    findings.push(
      found(
        'InsecureConnection',
        reason,
        `${insecureField} is true: the certificate of the server is not verified, and whoever is on the way can read the credentials.${rule} Put its authority into ${caField} and set ${insecureField} to false.`,
      ),
    );
  }
  if (url !== undefined && URL.parse(url)?.protocol === 'http:') {
    findings.push(
      found(
        'RepositoryNotEncrypted',
        reason,
        `${urlField} begins with http://: backups, with every Secret of the application, cross the network readable.${rule} Use https://.`,
      ),
    );
  }
  return findings;
}
