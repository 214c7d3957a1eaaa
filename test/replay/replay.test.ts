import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { temporal } from '@temporalio/proto';
import { bundleWorkflowCode, DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { beforeAll, describe, expect, it } from 'vitest';

/** Recorded by RECORD_HISTORIES=1 npm run test:workflow. Files are only added: each is a promise to runs that are under way somewhere. */
const folder = fileURLToPath(new URL('histories/', import.meta.url));
const histories = (await readdir(folder)).filter((file) => file.endsWith('.bin'));

describe('the current workflow code replays', () => {
  let workflowBundle: Awaited<ReturnType<typeof bundleWorkflowCode>>;

  beforeAll(async () => {
    Runtime.install({ logger: new DefaultLogger('ERROR') });
    const workflowsPath = fileURLToPath(new URL('../../workflows/index.ts', import.meta.url));
    workflowBundle = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') });
  });

  it('has histories', () => {
    expect(histories.length).toBeGreaterThan(0);
  });

  it.each(histories)('%s', async (file) => {
    const history = temporal.api.history.v1.History.decode(await readFile(`${folder}${file}`));
    await Worker.runReplayHistory({ workflowBundle }, history, file);
  });
});
