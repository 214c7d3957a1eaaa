import type { RunSummary } from '../../resources/run/run-record.js';
import type { RunInput } from '../../temporal/contract/inputs.js';
import { wait } from '../kit/activities.js';

/** Prepare of a DirectVolumeMigration: the frozen record of what is copied, once nothing stands in the way. */
export const prepareVolumes = (input: RunInput & { workflowId: string }): Promise<RunSummary> =>
  wait('Check claims and clusters, and freeze what is copied').freezeVolumes(input);
