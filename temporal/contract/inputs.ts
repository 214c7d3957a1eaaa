import type { ReconciledKind } from '../../resources/kinds/index.js';
import type { RunItinerary, RunRef, StepSummary, VolumeLabel } from '../../resources/run/run-record.js';

export interface RunInput {
  run: RunRef;
}

/** Input of the root workflows and of `recover`. `itinerary` is what the spec asks for; Prepare decides the rest. */
export interface MigrationInput extends RunInput {
  itinerary: RunItinerary;
  /** Of `recover`: how many there were before it. */
  recoveries?: number;
}

/** Input of a pipeline step. */
export interface StepInput {
  summary: StepSummary;
  /** The step failed before and is started again after a pause. */
  again?: boolean;
}

export interface DirectVolumeInput extends StepInput {
  volumes: readonly VolumeLabel[];
  pass: 'pre-copy' | 'final';
  /** True when no further pass follows: the volumes' helpers are removed. */
  last: boolean;
}

/** Of one volume: nothing in it grows with the number of volumes, since every one of them has such an input. */
export interface TransferVolumeInput extends RunInput, Pick<DirectVolumeInput, 'pass' | 'last' | 'again'> {
  volume: VolumeLabel;
}

/** An object of the API, by its name. */
export interface ObjectInput {
  namespace: string;
  name: string;
}

export interface ReconcileInput extends ObjectInput {
  kind: ReconciledKind;
}

/** A MigSchedule, by its identity. */
export interface ScheduleRef {
  namespace: string;
  name: string;
  uid: string;
}

/** Input of the workflow that each action of a schedule starts. */
export interface ScheduledMigrationInput {
  schedule: ScheduleRef;
  cutover: boolean;
}

/** What a check concluded; the activity has written the status itself (conditional on the uid). */
export interface CheckOutcome {
  /** False when the object is no longer there: the reconciler ends. */
  exists: boolean;
  ready: boolean;
}
