/**
 * What a run sets out to do. `State`: volumes only, for applications whose objects arrive by other means. `Conversion`: volumes of one
 * cluster get another storage class, and the workloads refer to the new claims. What each does is in {@link RunActions}.
 */
export type RunItinerary = 'Stage' | 'Final' | 'State' | 'Conversion' | 'Rollback';

/**
 * What a run does, frozen into its record by Prepare. Everything after it asks here: the name of an itinerary is what users read, and
 * what the root workflow chooses its steps by.
 */
export interface RunActions {
  /** To the target, beside volumes. */
  brings: 'objects' | 'nothing';
  /** Volumes of the plan: those that its choice of objects goes with, or all of them. */
  copies: 'selected' | 'all' | 'nothing';
  /** The pass that makes the copy the application will run on; undefined where a later run copies again. */
  lastPass?: 'pre-copy' | 'final';
  /** The application on the source, before the last pass. */
  halts: boolean;
  /** Workloads, and where. Objects that arrive as they were on a source that was not halted start by themselves. */
  starts: 'target' | 'source-on-new-claims' | 'source' | 'nothing';
  /** The replication repository, for a Backup. */
  usesRepository: boolean;
  /** From where on an unwind no longer brings back what was before. */
  commitsAt: 'start' | 'restore' | 'last-copy' | 'never';
}

/** A copy of volumes that a later run brings up to date. */
const STAGED = {
  brings: 'nothing',
  copies: 'all',
  halts: false,
  starts: 'nothing',
  usesRepository: false,
  commitsAt: 'never',
} as const satisfies RunActions;

const WITH_OBJECTS = { ...STAGED, brings: 'objects', copies: 'selected', usesRepository: true } as const;
const HALTING = { ...STAGED, lastPass: 'final', halts: true } as const;
const ROLLBACK = { ...STAGED, copies: 'nothing', starts: 'source' } as const;

/** By what the migration sets out to do, and whether it halts the application for it. */
const ACTIONS: Record<RunItinerary, { running: RunActions; halted: RunActions }> = {
  // It never halts, whatever the migration says.
  Stage: { running: { ...STAGED, copies: 'selected' }, halted: { ...STAGED, copies: 'selected' } },
  Final: {
    running: { ...WITH_OBJECTS, lastPass: 'pre-copy', commitsAt: 'restore' },
    halted: { ...WITH_OBJECTS, lastPass: 'final', halts: true, starts: 'target', commitsAt: 'start' },
  },
  // Without quiesce, state migrations and conversions are stages of themselves.
  State: { running: STAGED, halted: { ...HALTING, commitsAt: 'last-copy' } },
  Conversion: { running: STAGED, halted: { ...HALTING, starts: 'source-on-new-claims', commitsAt: 'start' } },
  // It halts workloads that run on converted claims, to give them the former ones.
  Rollback: { running: ROLLBACK, halted: { ...ROLLBACK, halts: true } },
};

export const actionsOf = (itinerary: RunItinerary, { quiesce }: { quiesce: boolean }): RunActions =>
  ACTIONS[itinerary][quiesce ? 'halted' : 'running'];

/** What a DirectVolumeMigration of its own does: one copy that is meant to stay. */
export const COPIES_ONCE: RunActions = { ...STAGED, lastPass: 'pre-copy' };
