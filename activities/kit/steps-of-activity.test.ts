import { expect, it } from 'vitest';
import type { RunRef } from '../../resources/run/run-record.js';
import { recoverWorkflowId, stepWorkflowId, volumeWorkflowId } from '../../temporal/contract/workflow-ids.js';
import { stepsOfActivity } from './steps-of-activity.js';

const run: RunRef = {
  kind: 'MigMigration',
  namespace: 'openshift-migration',
  name: 'move',
  uid: '0123456789',
  attempt: 1,
};

it.each([
  [stepWorkflowId(run, 'Prepare'), 'waitForTurn', ['Prepare']],
  [volumeWorkflowId(run, 'DirectVolume/final', 'shop/data'), 'copyVolume', ['DirectVolume']],
  ['migration/openshift-migration/move/01234567', 'startTarget', ['Restore']],
  ['migration/openshift-migration/move/01234567', 'rehearseStart', ['Restore']],
  [recoverWorkflowId(run), 'sweepHelpers', ['CleanupHelpers']],
  [recoverWorkflowId(run), 'settleSteps', []],
])('in %s %s works for %j', (workflowId, name, expected) => {
  expect(stepsOfActivity(run, { workflowId, name })).toEqual(expected);
});
