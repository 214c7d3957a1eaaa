import { workflowInfo } from '@temporalio/workflow';
import type { RunItinerary } from '../../resources/run/run-record.js';
import type { MigrationInput } from '../../temporal/contract/inputs.js';
import { conversion } from '../itineraries/conversion.js';
import { final } from '../itineraries/final.js';
import { finalWithoutQuiesce } from '../itineraries/final-without-quiesce.js';
import { rollback } from '../itineraries/rollback.js';
import { stage } from '../itineraries/stage.js';
import { state } from '../itineraries/state.js';
import { MigrationRun } from '../run/migration-run.js';
import { prepare } from '../steps/prepare.js';
import { prepareRollback } from '../steps/rollback.js';
import { rootStatus } from './root-status.js';
import { runToEnd } from './run-to-end.js';

const ITINERARIES: Record<RunItinerary, { prepare: typeof prepare; follow: (run: MigrationRun) => Promise<void> }> = {
  Stage: { prepare, follow: stage },
  Final: { prepare, follow: (run) => (run.summary.does.halts ? final(run) : finalWithoutQuiesce(run)) },
  State: { prepare, follow: state },
  Conversion: { prepare, follow: conversion },
  Rollback: { prepare: prepareRollback, follow: rollback },
};

/** Root of one MigMigration. */
export async function migration(input: MigrationInput): Promise<void> {
  const { prepare: prepareRun } = ITINERARIES[input.itinerary];
  await runToEnd(new MigrationRun(input.run, rootStatus(input)), async (run) => {
    run.onPrepared(await run.step('Prepare', prepareRun, { run: run.ref, workflowId: workflowInfo().workflowId }));
    await ITINERARIES[run.summary.itinerary].follow(run);
  });
}
