import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { temporal } from '@temporalio/proto';
import { bundleWorkflowCode, DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { beforeAll, describe, expect, it } from 'vitest';

/** Recorded by RECORD_HISTORIES=1 npm run test:workflow. Files are only added: each is a promise to runs that are under way somewhere. */
const folder = fileURLToPath(new URL('histories/', import.meta.url));
const PATIENCE_MS = 300_000;
const histories = (await readdir(folder)).filter((file) => file.endsWith('.bin'));

describe('the current workflow code replays', () => {
  /** What went wrong, by file; one worker replays them all. */
  const outcomes = new Map<string, Error | undefined>();

  beforeAll(async () => {
    Runtime.install({ logger: new DefaultLogger('ERROR') });
    const workflowsPath = fileURLToPath(new URL('../../workflows/index.ts', import.meta.url));
    const workflowBundle = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') });
    for await (const { workflowId, error } of Worker.runReplayHistories({ workflowBundle }, readHistories())) {
      outcomes.set(workflowId, error);
    }
  }, PATIENCE_MS);

  it('has histories', () => {
    expect(histories.length).toBeGreaterThan(0);
  });

  it.each(histories)('%s', (file) => {
    expect(outcomes.has(file)).toBe(true);
    expect(outcomes.get(file)).toBeUndefined();
  });
});

async function* readHistories() {
  for (const file of histories) {
    const history = temporal.api.history.v1.History.decode(await readFile(`${folder}${file}`));
    yield { workflowId: file, history };
  }
}
