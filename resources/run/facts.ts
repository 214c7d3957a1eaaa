import type { ObjectReference } from '../meta/kube-object.js';
import type { HookPhase } from './run-record.js';

/**
 * What a run has done that its record, frozen before, cannot tell: kept in Postgres beside it, and read by the unwind, by a recovery, by
 * a retry and by later runs of the plan. A fact is written before the action it tells of, where nothing else is said.
 */
export interface RunFacts extends OwedFacts, HookFacts {
  /**
   * When the application began to belong to what the run made; an unwind no longer brings the source back. RFC 3339. By startTarget and
   * startConverted before the first workload is scaled up; by the root workflow of runs that start nothing.
   */
  commitPoint?: string;
  /** By haltTarget: a rollback has stopped, or is about to stop, what runs on the target. It is repeated to its end, not unwound. */
  rollbackBegun?: true;
  /** By haltTarget, before it stops the pods that tell of them: claims that a rollback deletes although pods write to them. */
  rollbackDiscards?: Discard[];
  /**
   * By haltTarget, before it deletes them: pods and custom resources that a rollback deletes before the rest. Grows with the application,
   * so no workflow is given it.
   */
  rollbackDeleted?: (ObjectReference & { uid: string })[];
  /** By removeMigrated, when all is removed and before what it was found by is forgotten. */
  rollbackRemoval?: Removal;
  /** By quiesceApplications. Grows with the application, so no workflow is given it. */
  haltedWorkloads?: HaltedWorkload[];
  /** By waitForQuiesce, when the last pod is gone. Grows with the application, so no workflow is given it. */
  settledWorkloads?: SettledWorkload[];
  /** Name of the Velero Backup, by createBackup: a retry behind the commit point restores from it. */
  backup?: string;
  /** By waitForRestore: types (`plural.group`) of objects that the application's own webhooks are to admit once it runs; by restoreAgain, none. */
  refusedTypes?: string[];
  /** By waitForBackup: which content of the bucket is that of the Backup, as the store tells them apart. */
  backupContent?: { backup: string; version: string };
  /** Name of the Velero Restore, by createRestore. */
  restore?: string;
  /** What the run failed with, as its status said. By writeStatus, with the status: that of the next attempt replaces it. */
  errors?: string[];
  /** The whole status a run ended with, recorded with its end: a recovery writes it in the place of a root that was lost before it did. */
  endStatus?: Record<string, unknown>;
}

/** Facts that an unwind has something to undo for, the last one recorded first: in this order they are undone. */
export const OWED_FACTS = ['restoreOwed', 'swapOwed', 'quiesceOwed'] as const;
export type OwedFact = (typeof OWED_FACTS)[number];

interface OwedFacts extends Partial<Record<OwedFact, true>> {
  /** By the root workflow: objects may be restored on the target, which must be down before the source starts. */
  restoreOwed?: true;
  /** By the root workflow: workloads may refer to their new claims, and must get the former ones back. */
  swapOwed?: true;
  /** By the root workflow and by quiesceApplications: workloads of the source may be halted, and must be started again. */
  quiesceOwed?: true;
}

/** By waitForHook, when the hook of the phase has succeeded: the attempt of the run it did so in. */
type HookFacts = { [Phase in HookPhase as HookDoneFact<Phase>]?: number };
type HookDoneFact<Phase extends HookPhase> = `hookDone/${Phase}`;

export const hookDoneFact = <Phase extends HookPhase>(phase: Phase): HookDoneFact<Phase> => `hookDone/${phase}`;

/** A workload that a run halted. */
export interface HaltedWorkload extends ObjectReference {
  uid: string;
  /** It is not brought to the target. */
  stays?: true;
  /** It bore the plan's annotation and was down when this run found it. */
  wasDown?: true;
}

/** A workload as it stood before its last pod was gone. */
export interface SettledWorkload extends ObjectReference {
  uid: string;
  generation?: number;
  /** Field manager that last set the field that halts it. */
  writer?: { manager: string; subresource?: string; time?: string };
}

/** A claim a rollback deletes although pods write to it: what they wrote since the cutover is lost. */
export type Discard = {
  /** `<namespace>/<claim>` */
  claim: string;
  /** Kubernetes quantity. */
  size: string;
  /** Names of the pods that mount it. */
  pods: string[];
};

/** What a rollback removed from the target, and what it left there. */
export interface Removal {
  removed: number;
  kept: string[];
  discarded: string[];
}

/** The facts as workflows get them, whose payloads the rest would fill. */
export type WorkflowFacts = Omit<RunFacts, 'haltedWorkloads' | 'settledWorkloads' | 'rollbackDeleted'>;

export const forWorkflows = ({
  haltedWorkloads: _,
  settledWorkloads: __,
  rollbackDeleted: ___,
  ...facts
}: RunFacts): WorkflowFacts => facts;

/** Whether a run has passed its commit point. */
export const hasCommitted = (facts: Pick<RunFacts, 'commitPoint'> | undefined): boolean =>
  facts?.commitPoint !== undefined;
