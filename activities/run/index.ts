import { forWorkflows } from '../../resources/run/facts.js';
import type { ActivityDependencies } from '../kit/dependencies.js';
import { recordWhileRunning } from '../kit/while-running.js';
import { summarizeRun } from '../records/summarize-run.js';
import type { RunActivities } from './contract.js';
import { finishRun } from './finish-run.js';
import { freezeRun } from './freeze-run.js';
import { settleSteps } from './settle-steps.js';
import { waitForTurn } from './wait-for-turn.js';
import { writeStatus } from './write-status.js';

export function createRunActivities(deps: ActivityDependencies): RunActivities {
  const { store } = deps;
  return {
    waitForTurn: ({ run }) => waitForTurn(store, run),
    freezeRun: (input) => freezeRun(deps, input),
    async readRun({ run }) {
      const row = await store.runs.get(run);
      return row?.record && { summary: summarizeRun(row.record), facts: forWorkflows(row.facts), state: row.state };
    },
    async setRunState({ run, state, status }) {
      const isSet = await store.runs.setState(run, state, status && { endStatus: status });
      return isSet ? 'set' : 'ended';
    },
    recordFacts: ({ run, facts }) => recordWhileRunning(deps, run, facts),
    writeStatus: (input) => writeStatus(store, input),
    finishRun: ({ run }) => finishRun(store, run),
    settleSteps,
  };
}
