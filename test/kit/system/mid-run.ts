import { type Migration, NAMESPACE, readMigration } from '../../../lab/client/migrations.js';
import { until } from '../../../lab/client/until.js';
import type { Condition } from '../../../resources/meta/conditions.js';
import { migrationWorkflowId } from '../../../temporal/contract/workflow-ids.js';
import type { TestApplication } from '../cluster/test-application.js';
import type { System } from './system.js';

/** Limits the rate of every copy that a run started from now on makes. */
export function limitBandwidth(system: System, kibibytesPerSecond: number): Promise<void> {
  return system.set({ rsync_opt_bwlimit: kibibytesPerSecond });
}

/** Id of a migration's root workflow. */
export const workflowIdOf = ({ metadata }: Migration): string =>
  migrationWorkflowId({ kind: 'MigMigration', namespace: NAMESPACE, ...metadata });

export const conditionOf = (migration: Migration | undefined, type: string): Condition | undefined =>
  (migration?.status?.conditions as Condition[] | undefined)?.find((condition) => condition.type === type);

export type Pass = 'pre-copy' | 'final';

/** Share of the volume that a pass has put on the target, by the line the operator reads; undefined before the first. */
export function copiedPercent(migration: Migration | undefined, pass: Pass = 'pre-copy'): number | undefined {
  const step = migration?.status?.pipeline?.find(({ name }) => name === 'DirectVolume');
  const [, percent] = new RegExp(`\\(${pass}\\): (\\d+)% of`).exec(step?.progress?.join('\n') ?? '') ?? [];
  return percent === undefined ? undefined : Number(percent);
}

/** Until a pass has put some of the volume on the target and some it has not. */
export async function untilMidCopy({ mtc }: System, name: string, pass: Pass = 'pre-copy'): Promise<Migration> {
  return until(
    `migration ${name} is in mid-copy (${pass})`,
    async () => {
      const migration = await readMigration(mtc, name);
      return (copiedPercent(migration, pass) ?? 0) > 0 ? migration : undefined;
    },
    { seconds: 60, describe: async () => JSON.stringify((await readMigration(mtc, name))?.status) },
  );
}

/** Until the source is scaled to zero while its pods still end: the step StageBackup is at work. */
export async function untilHalted({ mtc }: System, application: TestApplication, name: string): Promise<Migration> {
  return until(
    `migration ${name} has halted the source`,
    async () => {
      const migration = await readMigration(mtc, name);
      const halted = (await application.replicas()) === 0 && migration?.status?.phase === 'EnsureSrcQuiesced';
      return halted ? migration : undefined;
    },
    { seconds: 60, describe: async () => JSON.stringify((await readMigration(mtc, name))?.status) },
  );
}

/** Until a migration ended, however it ended. One waiting process, where looking again and again would keep the machine busy. */
export async function untilOver({ mtc }: System, name: string, seconds = 90): Promise<Migration> {
  const condition = '--for=jsonpath={.status.phase}=Completed';
  await mtc
    .run(['-n', NAMESPACE, 'wait', `migmigration/${name}`, condition, `--timeout=${seconds}s`])
    .catch(() => undefined);
  const migration = await readMigration(mtc, name);
  if (migration?.status?.phase === 'Completed') return migration;
  throw new Error(`Migration ${name} did not end in ${seconds} s: ${JSON.stringify(migration?.status)}`);
}
