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

const ITINERARIES: Record<RunItinerary, (run: MigrationRun) => Promise<void>> = {
  Stage: stage,
  Final: (run) => (run.summary.quiescePods ? final(run) : finalWithoutQuiesce(run)),
  State: state,
  Conversion: conversion,
  Rollback: rollback,
};

/** Root of one MigMigration. */
export async function migration(input: MigrationInput): Promise<void> {
  const prepareRun = input.itinerary === 'Rollback' ? prepareRollback : prepare;
  await runToEnd(new MigrationRun(input.run, rootStatus(input)), async (run) => {
    run.onPrepared(await run.step('Prepare', prepareRun, { run: run.ref, workflowId: workflowInfo().workflowId }));
    await ITINERARIES[run.summary.itinerary](run);
  });
}
