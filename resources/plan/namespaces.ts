import type { ConditionFinding } from '../meta/conditions.js';
import { isDnsLabel } from '../meta/dns-names.js';
import { critical } from '../meta/findings.js';
import { MIGRATION_NAMESPACE } from '../meta/labels.js';
import { repeated } from '../meta/repeated.js';
import type { Mapping } from './mappings.js';

/** The list of namespaces in itself, whatever the clusters hold. */
export function namespaceFindings(namespaces: readonly Mapping[], limit: number): ConditionFinding[] {
  if (namespaces.length === 0) {
    return [critical('NamespaceListEmpty', 'NotFound', 'spec.namespaces is empty. Name the namespaces to migrate.')];
  }
  const findings: ConditionFinding[] = [];
  if (namespaces.length > limit) {
    findings.push(
      critical(
        'NamespaceLimitExceeded',
        'LimitExceeded',
        `spec.namespaces holds ${namespaces.length} namespaces, mig_namespace_limit is ${limit}. Split the plan, or raise the limit in MigrationController.`,
      ),
    );
  }
  const sources = repeated(namespaces.map(({ source }) => source));
  if (sources.length > 0) {
    const message = 'spec.namespaces names namespaces of the source more than once: []. Name each once.';
    findings.push(critical('DuplicateNamespaceOnSourceCluster', 'DuplicateNamespaces', message, sources));
  }
  const targets = repeated(namespaces.map(({ target }) => target));
  if (targets.length > 0) {
    const message = 'spec.namespaces maps several namespaces onto one of the target: []. Give each its own.';
    findings.push(critical('DuplicateNamespaceOnDestinationCluster', 'DuplicateNamespaces', message, targets));
  }
  const misspelt = namespaces.map(({ target }) => target).filter((name) => !isDnsLabel(name));
  if (misspelt.length > 0) {
    const message =
      'Namespaces of the target in spec.namespaces cannot be created under these names: []. Use lower-case letters, digits and hyphens, at most 63 characters.';
    findings.push(critical('NamespaceNotDNSCompliant', 'NotDNSCompliant', message, misspelt));
  }
  return findings;
}

/** What must be there: on the source the plan's namespaces and the migration namespace, on the target the latter. */
export function missingNamespaceFindings(
  namespaces: readonly Mapping[],
  existing: { source: ReadonlySet<string>; target: ReadonlySet<string> },
  clusters: { source: string; target: string },
): ConditionFinding[] {
  const needed = [...namespaces.map(({ source }) => source), MIGRATION_NAMESPACE];
  const missing = needed.filter((name) => !existing.source.has(name));
  const findings: ConditionFinding[] = [];
  if (missing.length > 0) {
    const message = `Namespaces do not exist on source cluster ${clusters.source}: []. ${advice(missing)}`;
    findings.push(critical('NamespaceNotFoundOnSourceCluster', 'NotFound', message, missing));
  }
  if (!existing.target.has(MIGRATION_NAMESPACE)) {
    const message = `Namespaces do not exist on target cluster ${clusters.target}: []. ${advice([MIGRATION_NAMESPACE])}`;
    findings.push(critical('NamespaceNotFoundOnDestinationCluster', 'NotFound', message, [MIGRATION_NAMESPACE]));
  }
  return findings;
}

const advice = (missing: readonly string[]): string =>
  missing.includes(MIGRATION_NAMESPACE)
    ? `\`npm run prepare-cluster\` makes ${MIGRATION_NAMESPACE}; correct the others in spec.namespaces.`
    : 'Correct spec.namespaces, or create them.';
