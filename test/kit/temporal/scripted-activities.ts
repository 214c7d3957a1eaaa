import { ApplicationFailure, Context } from '@temporalio/activity';
import type { RunFacts } from '../../../resources/run/facts.js';
import type { RunSummary } from '../../../resources/run/run-record.js';
import type { Activities } from '../../../workflows/kit/activities.js';

type Behavior = (input: never) => unknown;

/**
 * Every activity as the workflows see it, with the calls recorded in order instead of done. The recorded facts are kept, so that an
 * unwind reads what the run recorded.
 */
export class ScriptedActivities {
  /** Names in the order they began; status and bookkeeping are left out. */
  readonly calls: string[] = [];
  readonly statuses: Record<string, unknown>[] = [];
  readonly states: string[] = [];
  facts: RunFacts = {};
  frozen = false;

  constructor(
    private readonly summary: (run: RunSummary['ref']) => RunSummary,
    private script: Partial<Record<keyof Activities, Behavior>> = {},
  ) {}

  /** What was in the way is fixed. */
  amend(script: Partial<Record<keyof Activities, Behavior>>): void {
    this.script = { ...this.script, ...script };
  }

  get lastStatus(): {
    phase: string;
    conditions: { type: string; reason?: string; message: string }[];
    pipeline: { name: string; skipped?: boolean; failed?: boolean; completed?: string }[];
    unhealthyResources?: unknown;
  } {
    return this.statuses.at(-1) as never;
  }

  condition(type: string): { reason?: string; message: string } | undefined {
    return this.lastStatus.conditions.find((condition) => condition.type === type);
  }

  build(): Activities {
    const defaults: Activities = {
      waitForTurn: async () => undefined,
      freezeRun: async ({ run }) => {
        this.frozen = true;
        return this.summary(run);
      },
      freezeVolumes: async ({ run }) => {
        this.frozen = true;
        return this.summary(run);
      },
      readRun: async ({ run }) =>
        this.frozen ? { summary: this.summary(run), facts: this.facts, state: 'Running' } : undefined,
      setRunState: async ({ state, status }) => {
        this.states.push(state);
        if (status) this.facts.endStatus = status;
        return 'set';
      },
      recordFacts: async ({ facts }) => void Object.assign(this.facts, facts),
      writeStatus: async ({ status }) => void this.statuses.push(status),
      finishRun: async () => undefined,
      settleSteps: async () => ({ settled: 0 }),
      ensureBackupLocations: async () => undefined,
      createBackup: async () => ({ backup: 'b' }),
      waitForBackup: async () => ({ items: 1, warnings: [] }),
      copyBackupToTarget: async () => undefined,
      removeLeftovers: async () => ({ removed: 0 }),
      createRestore: async () => ({ restore: 'r' }),
      waitForRestore: async () => ({ items: 1, warnings: [] }),
      restoreAgain: async () => ({ warnings: [] }),
      waitForRestoreIdle: async () => undefined,
      takeCopyPlace: async () => undefined,
      leaveCopyPlace: async () => undefined,
      provisionTargetVolume: async () => ({ created: true }),
      prepareVolume: async () => ({ mover: 'rsync', type: 'NodePort', host: 'target', port: 30000 }),
      copyVolume: async () => ({
        files: 1,
        bytes: 1,
        sentBytes: 1,
        seconds: 1,
        vanished: 0,
        source: { files: 1, bytes: 1 },
        target: { files: 1, bytes: 1 },
        attempts: 1,
        warnings: [],
      }),
      removeVolumeHelpers: async () => undefined,
      inspectTarget: async () => ({}),
      rehearseTarget: async () => ({ workloads: 1 }),
      quiesceApplications: async () => ({ workloads: 1 }),
      waitForQuiesce: async () => ({ pods: 1 }),
      checkQuiesced: async () => undefined,
      unquiesceSource: async () => ({ workloads: 1, alreadyRunning: 0 }),
      confirmSourceRunning: async () => undefined,
      rehearseStart: async () => ({ workloads: 1 }),
      startTarget: async () => {
        this.facts.commitPoint = 'now';
        return { workloads: 1 };
      },
      waitForTarget: async () => ({ unhealthy: [] }),
      confirmTargetDown: async () => undefined,
      cancelOtherMigrations: async () => ({ asked: [] }),
      freezeRollback: async ({ run }) => {
        this.frozen = true;
        return this.summary(run);
      },
      haltTarget: async () => {
        this.facts.rollbackBegun = true;
        return { workloads: 1 };
      },
      removeMigrated: async () => ({ removed: 1, kept: [], discarded: [] }),
      swapClaims: async () => ({ swapped: 1, warnings: [] }),
      rehearseConverted: async () => ({ workloads: 1 }),
      startConverted: async () => {
        this.facts.commitPoint = 'now';
        return { workloads: 1 };
      },
      startHook: async () => ({ job: 'j' }),
      waitForHook: async () => undefined,
      removeHook: async () => undefined,
      verifyTarget: async () => ({ unhealthy: [] }),
      sweepHelpers: async () => ({ removed: 0 }),
      recordMade: async () => undefined,
      settleTarget: async () => undefined,
      sweepPlan: async () => ({ again: false }),
      waitForMigrationsGone: async () => undefined,
      removePlanHelpers: async () => ({ removed: 0, errors: [] }),
      removePlanBackups: async () => ({ removed: 0, errors: [] }),
      letPlanGo: async () => undefined,
      waitForStorageUnused: async () => undefined,
      removeStorageLocations: async () => ({ removed: 0, left: [] }),
      letStorageGo: async () => undefined,
      checkCluster: async () => ({ exists: false, ready: false }),
      checkHook: async () => ({ exists: false, ready: false }),
      checkStorage: async () => ({ exists: false, ready: false }),
      reconcilePlan: async () => ({ exists: false, ready: false }),
      reconcileSchedule: async () => ({ exists: false, ready: false }),
      createScheduledMigration: async () => ({ leftOut: 'The test says so.' }),
      waitForScheduledMigration: async () => ({ succeeded: true }),
    };
    const bookkeeping = new Set([
      'writeStatus',
      'setRunState',
      'recordFacts',
      'readRun',
      'finishRun',
      'recordMade',
      'freezeRun',
      'freezeRollback',
      'freezeVolumes',
      'waitForTurn',
      'takeCopyPlace',
      'leaveCopyPlace',
    ]);
    return Object.fromEntries(
      Object.entries(defaults).map(([name, behavior]) => [
        name,
        async (input: never) => {
          if (!bookkeeping.has(name)) this.calls.push(label(name, input));
          const scripted = this.script[name as keyof Activities];
          return scripted ? await scripted(input) : await (behavior as (input: never) => unknown)(input);
        },
      ]),
    ) as unknown as Activities;
  }
}

const label = (name: string, { pass, phase, direction }: Record<string, string | undefined>): string => {
  const which = pass ?? phase ?? direction;
  return which ? `${name}(${which})` : name;
};

/** A failure that is not tried again, with the report an operator reads. */
export function failing(what: string): Behavior {
  return () => {
    throw ApplicationFailure.create({
      message: what,
      type: 'Refused',
      nonRetryable: true,
      details: [{ type: 'Refused', what, where: 'cluster target', why: 'The test says so.', next: 'Nothing.' }],
    });
  };
}

/** Fails like {@link failing} the first time, and gives the result from then on. */
export function failingOnce(what: string, result: unknown): Behavior {
  let calls = 0;
  return (input) => {
    calls += 1;
    return calls === 1 ? failing(what)(input) : result;
  };
}

/** Waits, heartbeating, until it is cancelled. */
export function hanging(began: () => void): Behavior {
  return async () => {
    began();
    const timer = setInterval(() => Context.current().heartbeat(), 100);
    try {
      await Context.current().cancelled;
    } finally {
      clearInterval(timer);
    }
  };
}
