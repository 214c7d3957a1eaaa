import type { RunRecord, RunSummary } from '../../resources/run/run-record.js';

/** What the workflows need of a record: no object lists, nothing that grows with the cluster beside its volumes. */
export function summarizeRun(record: RunRecord): RunSummary {
  const from = record.namespaces.map(({ source }) => source).join(', ');
  const to = record.namespaces.map(({ target }) => target).join(', ');
  return {
    ref: { ...record.migration, attempt: record.attempt },
    planUid: record.plan.uid,
    planName: record.plan.name,
    sourceCluster: record.source.name,
    targetCluster: record.target.name,
    itinerary: record.itinerary,
    does: record.does,
    verify: record.options.verify && record.does.brings === 'objects',
    volumes: record.volumes.map(({ id, source, target }) => ({
      id,
      label: `${source.namespace}/${source.claim} → ${target.namespace}/${target.claim}, ${target.size}`,
    })),
    maxConcurrentVolumes: record.settings.maxConcurrentVolumes,
    warnings: record.warnings ?? [],
    patience: record.settings.patience,
    ...(record.resume && { resume: record.resume }),
    ...(record.hooks && {
      hooks: record.hooks.map(({ phase, name, cluster, onFailure }) => ({ phase, name, cluster, onFailure })),
    }),
    ...(record.options.onFailure === 'Pause' && { pauseLimitSeconds: record.options.pauseLimitSeconds }),
    ...(record.converted && { converted: true }),
    title: `${from} → ${to}: ${record.source.name} → ${record.target.name}`,
  };
}
