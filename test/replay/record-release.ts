import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { History } from '@temporalio/common/lib/proto-utils.js';
import { expect, it } from 'vitest';
import { recordRelease } from '../kit/temporal/recorded-histories.js';
import { ScriptedWorker } from '../kit/temporal/scripted-worker.js';
import { HISTORY_NAMES, NAMED_RUNS, recordRun } from './named-runs.js';

/** `npm run record-histories`, once per release: into `test/replay/<version of package.json>/`, which must not be there yet. */
it('the histories of the release are recorded', async () => {
  const { version } = JSON.parse(await readFile('package.json', 'utf8')) as { version: string };
  const worker = await ScriptedWorker.start();
  try {
    const histories = new Map<string, History>();
    for (const run of NAMED_RUNS) {
      for (const [name, history] of await recordRun(worker, run)) histories.set(name, history);
    }
    expect([...histories.keys()]).toEqual(HISTORY_NAMES);
    await recordRelease(path.join('test/replay', version), histories);
  } finally {
    await worker.stop();
  }
});
