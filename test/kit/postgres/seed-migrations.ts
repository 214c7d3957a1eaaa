import type { TemporaryStore } from './temporary-store.js';

export interface Seed {
  plans: number;
  migrations: number;
  /** Of each plan's migrations, those below this number still run. */
  running?: number;
}

/**
 * Fills a database with plans `plan-<n>` and the migrations `run-<n>` of them, about 4 KB each, as the API would have stored them: in a second,
 * where the API takes minutes. Labels: `team` (100 of them), `number` (unique), `odd` on every second one.
 */
export async function seedMigrations(
  database: Pick<TemporaryStore, 'sql'>,
  { plans, migrations, running = 0 }: Seed,
): Promise<void> {
  const plan = `'plan-' || n % ${plans}`;
  await database.sql(
    insert({ kind: 'MigPlan', prefix: 'plan', count: plans, spec: "'{}'::jsonb", fields: 'NULL::jsonb' }),
  );
  await database.sql(
    insert({
      kind: 'MigMigration',
      prefix: 'run',
      count: migrations,
      spec: `jsonb_build_object('migPlanRef', jsonb_build_object('namespace', 'openshift-migration', 'name', ${plan}))`,
      fields: `jsonb_build_object('spec.migPlanRef.name', ${plan})`,
      running,
    }),
  );
  await database.sql('UPDATE revision SET value = greatest(value, (SELECT max(revision) FROM resources))');
  await database.sql('ANALYZE resources');
}

interface Rows {
  kind: string;
  prefix: string;
  count: number;
  /** SQL of the spec and of the values of selectable fields; `n` is the number of the row. */
  spec: string;
  fields: string;
  running?: number;
}

const insert = ({ kind, prefix, count, spec, fields, running = 0 }: Rows): string => `
  INSERT INTO resources (uid, kind, namespace, name, revision, object, keys)
  SELECT uid, '${kind}', 'openshift-migration', name, base + n,
    jsonb_build_object(
      'apiVersion', 'migration.openshift.io/v1alpha1', 'kind', '${kind}',
      'metadata', jsonb_strip_nulls(jsonb_build_object(
        'name', name, 'namespace', 'openshift-migration', 'uid', uid, 'generation', 1,
        'creationTimestamp', '2026-01-01T00:00:00Z', 'labels', labels, 'finalizers', finalizers)),
      'spec', ${spec},
      'status', jsonb_build_object('note', note)),
    jsonb_strip_nulls(jsonb_build_object(
      'labels', labels, 'labelNames', (SELECT jsonb_agg(label) FROM jsonb_object_keys(labels) label),
      'fields', ${fields}, 'finalizers', finalizers))
  FROM generate_series(0, ${count - 1}) n,
    LATERAL (SELECT gen_random_uuid()::text AS uid, '${prefix}-' || n AS name,
      (SELECT coalesce(max(revision), 1) FROM resources) AS base,
      jsonb_strip_nulls(jsonb_build_object(
        'team', 'team-' || n % 100, 'number', n::text, 'odd', CASE WHEN n % 2 = 1 THEN 'yes' END)) AS labels,
      CASE WHEN n < ${running} THEN '["migration.openshift.io/unwind"]'::jsonb END AS finalizers,
      repeat(md5(n::text) || md5((n + 1)::text) || md5((n + 2)::text) || md5((n + 3)::text), 30) AS note) made`;
