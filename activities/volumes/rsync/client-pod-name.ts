import { helperName } from '../../../resources/run/names.js';
import type { RunRef } from '../../../resources/run/run-record.js';
import type { Pass } from '../contract.js';

/** Name of the pod that copies a volume in one pass; a retried migration has attempts of its own. */
export const clientPodName = (run: RunRef, volumeKey: string, pass: Pass, attempt: number): string =>
  `${clientPodPrefix(run, volumeKey, pass)}${attempt}`;

/** That name but for the number of the attempt. */
export const clientPodPrefix = (run: RunRef, volumeKey: string, pass: Pass): string =>
  `${helperName(run, `rsync-client-${pass}`, volumeKey)}-${run.attempt}-`;
