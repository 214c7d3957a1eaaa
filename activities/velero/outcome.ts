import type { ClusterClient } from '../../clusters/cluster-client.js';
import { cutText } from '../../resources/meta/cut-text.js';
import { StepFailure } from '../../resources/meta/failure.js';
import type { KubeObject } from '../../resources/meta/kube-object.js';
import { MIGRATION_NAMESPACE } from '../../resources/meta/labels.js';
import type { RunRecord, RunRef } from '../../resources/run/run-record.js';
import type { ActivityDependencies } from '../kit/dependencies.js';
import { keepInRunLog } from '../kit/run-log.js';
import { aboutWhatIsThere } from './gone-types.js';
import { excerpt, readResults, type VeleroResults } from './results.js';
import { storageOfRun } from './run-storage.js';
import { failureTypeOf } from './until-ended.js';
import { phaseOf, sentence } from './velero-objects.js';

/** How a Backup or Restore ended that was of some use. */
export interface Outcome {
  /** Empty when it completed. */
  warnings: string[];
  /** All that Velero says of it. */
  results: VeleroResults;
}

/**
 * The outcome of an ended Backup or Restore. All of Velero's messages go into the run's log.
 *
 * @throws StepFailure BackupFailed or RestoreFailed with an excerpt of Velero's messages
 */
export async function judge(
  deps: ActivityDependencies,
  { run, record, client, signal }: { run: RunRef; record: RunRecord; client: ClusterClient; signal: AbortSignal },
  object: KubeObject,
): Promise<Outcome> {
  const phase = phaseOf(object);
  const { errors = 0, warnings = 0, failureReason, validationErrors = [] } = object.status;
  const results = errors + warnings > 0 ? await findResults(deps, record, object, signal) : NO_RESULTS;
  await keepInRunLog(deps, run, `velero ${object.kind.toLowerCase()} ${object.metadata.name}`, [
    ...results.errors.map((message) => `error: ${message}`),
    ...results.warnings.map((message) => `warning: ${message}`),
  ]);
  if (phase === 'Completed') return { warnings: [], results };

  const left = object.kind === 'Backup' ? await missingSomething(client, results.errors, signal) : results.errors;
  // All of them were read, and none means that something is missing.
  if (phase === 'PartiallyFailed' && left.length === 0 && results.errors.length === errors && errors > 0) {
    return { warnings: [], results };
  }
  const reasons: string[] = [failureReason, ...validationErrors, ...excerpt(left)]
    .filter(Boolean)
    .map((reason) => sentence(cutText(String(reason))));
  const name = `${object.kind} ${object.metadata.name}`;
  if (phase === 'PartiallyFailed') {
    const warnings = [`${name} on cluster ${client.name} has ${errors} errors.`, ...reasons, describeHint(object)];
    return { warnings, results };
  }
  throw new StepFailure({
    type: failureTypeOf(object),
    what: `${name} is ${phase}`,
    where: `cluster ${client.name}, namespace ${MIGRATION_NAMESPACE}`,
    why: reasons.join(' ') || 'Velero gave no reason.',
    next: `Fix the cause and start the migration again. ${describeHint(object)}`,
  });
}

async function missingSomething(client: ClusterClient, errors: string[], signal: AbortSignal): Promise<string[]> {
  if (errors.length === 0) return [];
  const types = await client.discover({ signal, refresh: true });
  return aboutWhatIsThere(errors, new Set(types.map(({ resource }) => resource)));
}

const NO_RESULTS: VeleroResults = { errors: [], warnings: [] };

/** The messages are extra help: without them only the counts in the status are reported. */
async function findResults(
  deps: ActivityDependencies,
  record: RunRecord,
  object: KubeObject,
  signal: AbortSignal,
): Promise<VeleroResults> {
  try {
    return await readResults(await storageOfRun(deps, record), object, { signal });
  } catch (error) {
    signal.throwIfAborted();
    deps.logger.warn({ err: error, velero: object.metadata.name }, 'results of Velero not readable');
    return NO_RESULTS;
  }
}

const describeHint = ({ kind, metadata: { name, namespace } }: KubeObject): string =>
  `More: velero -n ${namespace} ${kind.toLowerCase()} describe ${name} --details.`;
