import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import type { History } from '@temporalio/common/lib/proto-utils.js';
import type { RunHook, RunItinerary, RunRef, RunSummary } from '../../resources/run/run-record.js';
import { resume } from '../../temporal/contract/messages.js';
import type { removePlan, sweep } from '../../workflows/roots/plan.js';
import type { reconcile } from '../../workflows/roots/reconcile.js';
import type { scheduledMigration } from '../../workflows/roots/scheduled-migration.js';
import type { removeStorage } from '../../workflows/roots/storage.js';
import { runSummary } from '../kit/fakes/run-summary.js';
import type { KeptHistory } from '../kit/temporal/histories.js';
import { failing, failingOnce, hanging, ScriptedActivities } from '../kit/temporal/scripted-activities.js';
import { type ScriptedWorker, startRecovery, untilCalled } from '../kit/temporal/scripted-worker.js';

/** A run of the workflows that a release keeps the history of. */
export interface NamedRun {
  name: string;
  play(worker: ScriptedWorker): Promise<KeptHistory[]>;
  /** Kept besides the root's, by the types of the workflows: the children of which each release keeps one. */
  children?: readonly string[];
}

type Handle = Parameters<Parameters<ScriptedWorker['run']>[2]>[0];
type Script = NonNullable<ConstructorParameters<typeof ScriptedActivities>[1]>;

interface Migration {
  itinerary: RunItinerary;
  summary?: Parameters<typeof runSummary>[0];
  script?: Script;
  workflow?: 'migration' | 'directVolumeMigration';
  /** By default to its good end. */
  drive?(migration: { handle: Handle; client: Client; ref: RunRef; activities: ScriptedActivities }): Promise<unknown>;
}

const migration =
  ({ itinerary, summary = {}, script, workflow = 'migration', drive = ({ handle }) => handle.result() }: Migration) =>
  (worker: ScriptedWorker): Promise<KeptHistory[]> => {
    const ref: RunRef = {
      kind: workflow === 'directVolumeMigration' ? 'DirectVolumeMigration' : 'MigMigration',
      namespace: 'openshift-migration',
      name: 'run',
      uid: randomUUID(),
      attempt: 1,
    };
    const activities = new ScriptedActivities(runSummary({ itinerary, ...summary }), script);
    return worker.run(activities, { workflow, input: { run: ref, itinerary } }, async (handle, client) => {
      await drive({ handle, client, ref, activities });
    });
  };

const ends = ({ handle }: { handle: Handle }): Promise<unknown> => handle.result().catch(() => undefined);

const cancelAfter =
  (call: string): Migration['drive'] =>
  async ({ handle, activities }) => {
    await untilCalled(activities, call);
    await handle.cancel();
    await ends({ handle });
  };

const terminateAfter =
  (call: string, itinerary: RunItinerary, fixed: Script): Migration['drive'] =>
  async ({ handle, client, ref, activities }) => {
    await untilCalled(activities, call);
    await handle.terminate('recorded');
    activities.amend(fixed);
    await (await startRecovery(client, ref, itinerary)).result();
  };

const others =
  (drive: (client: Client) => Promise<unknown>) =>
  (worker: ScriptedWorker): Promise<KeptHistory[]> => {
    const activities = new ScriptedActivities(runSummary(), {
      createScheduledMigration: async () => ({ migration: { namespace: 'n', name: 'm', uid: 'u' } }),
    });
    return worker.serve(activities, async (client) => {
      await drive(client);
    });
  };

const hooks: NonNullable<RunSummary['hooks']> = (['PreBackup', 'PostRestore'] as const).map((phase) => ({
  phase,
  name: phase.toLowerCase(),
  cluster: 'source' as RunHook['cluster'],
  onFailure: 'Fail' as RunHook['onFailure'],
}));
const never = hanging(() => undefined);
const object = { namespace: 'openshift-migration', name: 'shop' };
const control = { taskQueue: 'control' };

/** One for each itinerary and for each kind of end, and one for each workflow that is started by itself. */
export const NAMED_RUNS: readonly NamedRun[] = [
  {
    name: 'stage.succeeds',
    play: migration({ itinerary: 'Stage', summary: { quiescePods: false } }),
  },
  {
    name: 'final.succeeds',
    play: migration({ itinerary: 'Final', summary: { hooks, verify: true } }),
    children: [
      'prepare',
      'directVolume',
      'transferVolume',
      'quiesce',
      'backup',
      'restore',
      'runHook',
      'verification',
      'cleanup',
    ],
  },
  {
    name: 'final.canceled-before-commit',
    play: migration({ itinerary: 'Final', script: { waitForBackup: never }, drive: cancelAfter('waitForBackup') }),
  },
  {
    name: 'final.fails-before-commit',
    play: migration({ itinerary: 'Final', script: { waitForRestore: failing('recorded') }, drive: ends }),
  },
  {
    name: 'final.fails-after-commit',
    play: migration({ itinerary: 'Final', script: { waitForTarget: failing('recorded') }, drive: ends }),
  },
  {
    name: 'final.paused-and-retried',
    play: migration({
      itinerary: 'Final',
      summary: { pauseLimitSeconds: 60 },
      script: { createRestore: failingOnce('recorded', { restore: 'r' }) },
      drive: async ({ handle, activities }) => {
        while (!activities.statuses.length || !activities.condition('Paused')) {
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
        await handle.signal(resume, 1);
        await handle.result();
      },
    }),
  },
  {
    name: 'final.retried-after-commit',
    play: migration({ itinerary: 'Final', summary: { resume: { backup: 'b' } } }),
  },
  {
    name: 'final-without-quiesce.succeeds',
    play: migration({ itinerary: 'Final', summary: { quiescePods: false } }),
  },
  { name: 'state.succeeds', play: migration({ itinerary: 'State' }) },
  { name: 'conversion.succeeds', play: migration({ itinerary: 'Conversion' }), children: ['swapClaims'] },
  {
    name: 'conversion.fails-before-commit',
    play: migration({ itinerary: 'Conversion', script: { startConverted: failing('recorded') }, drive: ends }),
  },
  {
    name: 'rollback.succeeds',
    play: migration({ itinerary: 'Rollback', summary: { converted: true } }),
  },
  {
    name: 'direct-volume-migration.succeeds',
    play: migration({ itinerary: 'Stage', workflow: 'directVolumeMigration', summary: { quiescePods: false } }),
  },
  {
    name: 'recover.final',
    play: migration({
      itinerary: 'Final',
      script: { waitForBackup: never },
      drive: terminateAfter('waitForBackup', 'Final', { waitForBackup: async () => ({ items: 1, warnings: [] }) }),
    }),
  },
  {
    name: 'recover.rollback',
    play: migration({
      itinerary: 'Rollback',
      script: { removeMigrated: never },
      drive: terminateAfter('removeMigrated', 'Rollback', {
        removeMigrated: async () => ({ removed: 1, kept: [], discarded: [] }),
      }),
    }),
  },
  {
    name: 'reconcile',
    play: others((client) =>
      client.workflow.execute<typeof reconcile>('reconcile', {
        ...control,
        workflowId: 'reconcile/MigCluster/openshift-migration/shop',
        args: [{ ...object, kind: 'MigCluster' }],
      }),
    ),
  },
  {
    name: 'remove-plan',
    play: others((client) =>
      client.workflow.execute<typeof removePlan>('removePlan', {
        ...control,
        workflowId: 'remove-plan/openshift-migration/shop/00000000',
        args: [{ ...object, uid: '00000000' }],
      }),
    ),
  },
  {
    name: 'remove-storage',
    play: others((client) =>
      client.workflow.execute<typeof removeStorage>('removeStorage', {
        ...control,
        workflowId: 'remove-storage/openshift-migration/shop/00000000',
        args: [{ ...object, uid: '00000000' }],
      }),
    ),
  },
  {
    name: 'sweep',
    play: others((client) =>
      client.workflow.execute<typeof sweep>('sweep', {
        ...control,
        workflowId: 'sweep/openshift-migration/shop',
        args: [object],
      }),
    ),
  },
  {
    name: 'scheduled-migration',
    play: others((client) =>
      client.workflow.execute<typeof scheduledMigration>('scheduledMigration', {
        ...control,
        workflowId: 'scheduled/openshift-migration/shop',
        args: [{ schedule: { ...object, uid: '00000000' }, cutover: false }],
      }),
    ),
  },
];

/** `final.succeeds`, `final.succeeds.backup` … */
export const HISTORY_NAMES: readonly string[] = NAMED_RUNS.flatMap(({ name, children = [] }) => [
  name,
  ...children.map((child) => `${name}.${child}`),
]);

/** Plays a run and picks the histories that a release keeps of it. */
export async function recordRun(worker: ScriptedWorker, run: NamedRun): Promise<Map<string, History>> {
  const histories = await run.play(worker);
  const find = (type: string | undefined): History => {
    const found = type === undefined ? histories[0] : histories.find((candidate) => candidate.type === type);
    if (found === undefined) throw new Error(`${run.name} has no workflow of type ${type}.`);
    return found.history;
  };
  const root = find(run.name.startsWith('recover.') ? 'recover' : undefined);
  const children = (run.children ?? []).map((child) => [`${run.name}.${child}`, find(child)] as const);
  return new Map([[run.name, root], ...children]);
}
