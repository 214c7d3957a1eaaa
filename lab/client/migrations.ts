import type { Kubectl } from './kubectl.js';
import { until } from './until.js';

export const NAMESPACE = 'openshift-migration';

interface WithConditions {
  status?: { conditions?: { type: string; status: string; category: string; message: string }[] };
}

export interface Migration extends WithConditions {
  metadata: { name: string; uid: string };
  status?: WithConditions['status'] & {
    phase?: string;
    itinerary?: string;
    startTimestamp?: string;
    completionTimestamp?: string;
    errors?: string[];
    pipeline?: {
      name: string;
      message?: string;
      started?: string;
      completed?: string;
      skipped?: boolean;
      progress?: string[];
    }[];
  };
}

const hasCondition = (object: WithConditions | undefined, type: string): boolean =>
  object?.status?.conditions?.some((condition) => condition.type === type && condition.status === 'True') ?? false;

/** Until an object of ours has the condition Ready. */
export async function untilReady(mtc: Kubectl, kind: string, name: string, seconds = 60): Promise<void> {
  const find = (): Promise<WithConditions | undefined> => mtc.find<WithConditions>(kind, name, '-n', NAMESPACE);
  await until(`${kind} ${name} is Ready`, async () => (hasCondition(await find(), 'Ready') ? true : undefined), {
    seconds,
    describe: async () => JSON.stringify((await find())?.status?.conditions ?? 'It has no conditions.'),
  });
}

/** Starts a migration of a plan. */
export async function startMigration(
  mtc: Kubectl,
  name: string,
  plan: string,
  spec: Record<string, unknown>,
): Promise<void> {
  await mtc.apply(
    JSON.stringify({
      apiVersion: 'migration.openshift.io/v1alpha1',
      kind: 'MigMigration',
      metadata: { name, namespace: NAMESPACE },
      spec: { migPlanRef: { name: plan, namespace: NAMESPACE }, ...spec },
    }),
  );
}

export const readMigration = (mtc: Kubectl, name: string): Promise<Migration | undefined> =>
  mtc.find<Migration>('migmigration', name, '-n', NAMESPACE);

/** Until it ended, however it ended; `onChange` sees it on the way. */
export async function untilEnded(
  mtc: Kubectl,
  name: string,
  { seconds, onChange }: { seconds: number; onChange?: (migration: Migration) => void },
): Promise<Migration> {
  return until(
    `migration ${name} ended`,
    async () => {
      const migration = await readMigration(mtc, name);
      if (migration !== undefined) onChange?.(migration);
      return migration?.status?.phase === 'Completed' ? migration : undefined;
    },
    { seconds, describe: async () => JSON.stringify((await readMigration(mtc, name))?.status) },
  );
}

/** @throws Error with the migration's own words when it did not succeed (warnings are fine) */
export function expectSuccess(migration: Migration): void {
  if (hasCondition(migration, 'Succeeded') || hasCondition(migration, 'SucceededWithWarnings')) return;
  throw new Error(
    `Migration ${migration.metadata.name} did not succeed: ${JSON.stringify(migration.status?.conditions)}`,
  );
}
